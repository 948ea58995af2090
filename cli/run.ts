import type { AwsPlace } from './aws-place.ts'
import { COMMANDS, GROUPS } from './commands/index.ts'
import { answerShell } from './completion/answer.ts'
import { COMPLETE } from './completion/scripts.ts'
import { createContainer } from './container.ts'
import { DEFAULT_CONTROLLER } from './controller.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { createOutput } from './output.ts'
import { parseCommandLine } from './parse.ts'
import type { SharedOptions } from './shared-options.ts'
import type { Surroundings } from './surroundings.ts'
import { tellError } from './tell-error.ts'

/** Runs one command line. Never throws: what goes wrong is told, and is in the exit code. */
export async function runCommand(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  if (argv[0] === COMPLETE) {
    const container = createContainer(surroundings, placeOf({}, surroundings.env))
    await answerShell(COMMANDS, argv.slice(1), container, surroundings.stdout)
    return EXIT.done
  }
  const parsed = await parseCommandLine(argv, GROUPS, surroundings)
  if (parsed.kind === 'answered') return parsed.exit
  const { command, input, shared } = parsed
  const place = placeOf(shared, surroundings.env)
  const output = createOutput(surroundings, { json: shared.json === true })
  try {
    return await command.run(createContainer(surroundings, place), input, output)
  } catch (error) {
    const told = tellError(error, place, surroundings.env)
    if (output.json) {
      output.jsonLine({ error: { code: told.code, message: told.message, hints: told.hints } })
    }
    output.note(
      `${output.paintNote('red', 'sluice:')} ${told.message}`,
      ...told.hints.map((hint) => output.paintNote('dim', `        ${hint}`)),
    )
    return told.exit
  }
}

function placeOf(shared: SharedOptions, env: Surroundings['env']): AwsPlace {
  return {
    region: shared.region,
    profile: shared.profile,
    endpoint: shared.endpointUrl,
    controller: shared.controller ?? (env.SLUICE_CONTROLLER || DEFAULT_CONTROLLER),
  }
}

export { EXIT }
