import type { ApplyRequest, Proposal } from '../../core/use-cases/manage-definition.ts'
import { askerOf } from '../asker.ts'
import { callersReach, lazyStacks } from '../aws-ports.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { changeLines } from '../view/changes.ts'

export const apply: Command = {
  name: 'apply',
  describe: 'write a canary’s definition from a file',
  details:
    'YAML or JSON; "sluice schema" tells editors what may be in it, and "$schema" may name that. It shows what would change\nbefore it changes anything. It is refused for what is broken or points at nothing, for a definition that a stack owns, and\nwhile a rollout is active for other slots, another router or another role.',
  arguments: [{ name: 'file', describe: 'the file; "-" for standard input', kind: 'file' }],
  options: [
    { flags: '--dry-run', describe: 'show what would change, and change nothing' },
    { flags: '-y, --yes', describe: 'do not ask' },
    { flags: '--take-over', describe: 'take the definition over from a stack that is gone' },
  ],
  examples: [
    { what: 'What would it change?', type: 'sluice apply web.yaml --dry-run' },
    { what: 'In a pipeline, where nobody can be asked', type: 'sluice apply web.yaml --yes' },
  ],
  async run(container, input, output) {
    const { definitionOfFile } = await import('../read-file.ts')
    const { applyDefinition, proposeDefinition } = await import(
      '../../core/use-cases/manage-definition.ts'
    )
    const { written, definition } = await definitionOfFile(input.argument('file'))
    const request: ApplyRequest = { definition: written, takeOver: input.flag('take-over') }
    const ports = await definitionPorts(container)
    const proposal = await proposeDefinition(ports, request)
    const { canary, kind } = proposal
    const shape = (result: 'written' | 'unchanged' | 'dry-run') => ({
      canary,
      result,
      kind,
      changes: proposal.changes,
      takenFrom: proposal.takenFrom ?? null,
    })
    output.print(...proposalLines(output, proposal))
    if (definition.role === undefined) {
      output.note('note: it names no role, without which the controller reaches nothing on AWS')
    }
    if (kind === 'unchanged' || input.flag('dry-run')) {
      const result = kind === 'unchanged' ? 'unchanged' : 'dry-run'
      output.result(shape(result), () => (kind === 'unchanged' ? [] : ['nothing was written']))
      return EXIT.done
    }
    if (!input.flag('yes')) {
      const question = `Write the definition of ${canary}?`
      const asker = await askerOf(container, question, 'give --yes, or --dry-run')
      if (!(await asker.confirm(question))) {
        output.note('nothing was written')
        return EXIT.refused
      }
    }
    const { reason } = await applyDefinition(ports, request, proposal)
    output.result(shape('written'), () => [`${canary}: ${reason}`])
    return EXIT.done
  },
}

export async function definitionPorts(container: Container) {
  const [definitions, store, reachOf] = await Promise.all([
    container.definitions(),
    container.store(),
    callersReach(container),
  ])
  return { definitions, store, reachOf, stacks: lazyStacks(container) }
}

function proposalLines(output: Output, { canary, kind, changes, takenFrom }: Proposal): string[] {
  const title = output.paint('bold', canary)
  const from =
    takenFrom === undefined ? '' : `, taken over from the stack ${takenFrom}, which is gone`
  if (kind === 'unchanged') return [`${title} stands already as it is written here`]
  const how = kind === 'new' ? 'is new' : 'changes'
  return [`${title} ${how}${from}`, ...changeLines(output, changes)]
}
