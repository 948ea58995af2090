import type { Command } from '../command.ts'
import type { Candidate } from './complete.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The word by which a shell's script asks the command what may follow. */
export const COMPLETE = '__complete'

const BASH = `# sluice completion bash >> ~/.bashrc
_sluice() {
  COMPREPLY=()
  local line
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _sluice sluice
`

const ZSH = `#compdef sluice
# sluice completion zsh > "\${fpath[1]}/_sluice"
_sluice() {
  local -a candidates
  candidates=("\${(@f)$(\${words[1]} ${COMPLETE} zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${candidates[1]}" ]]; then
    _describe sluice candidates
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" = _sluice ]]; then
  _sluice "$@"
else
  compdef _sluice sluice
fi
`

const fish = (
  withFiles: readonly string[],
) => `# sluice completion fish > ~/.config/fish/completions/sluice.fish
complete -c sluice -f -a '(sluice ${COMPLETE} fish (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
${withFiles.length === 0 ? '' : `complete -c sluice -n '__fish_seen_subcommand_from ${withFiles.join(' ')}' -F\n`}`

/** What a shell has to read once; the answers come from the command, whichever version is installed. */
export function scriptOf(shell: Shell, commands: readonly Command[]): string {
  if (shell === 'bash') return BASH
  if (shell === 'zsh') return ZSH
  const takesFile = ({ arguments: specs = [], options = [] }: Command) =>
    [...specs, ...options].some(({ kind }) => kind === 'file')
  return fish(commands.filter(takesFile).map(({ name }) => name))
}

/** A candidate as the shell's script reads it. */
export function candidateLine(shell: string, { value, describe }: Candidate): string {
  if (describe === '') return value
  if (shell === 'zsh') return `${value.replaceAll(':', '\\:')}:${describe}`
  return shell === 'fish' ? `${value}\t${describe}` : value
}
