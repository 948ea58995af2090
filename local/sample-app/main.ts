import type { AddressInfo } from 'node:net'
import { type Behaviour, behaviourOf } from './behaviour.ts'
import { helpText } from './help.ts'
import { createApplication } from './server.ts'

/**
 * The application that the tasks of both slots run. Where a parent process listens, as on one machine, it is told
 * the port; a parent that goes away takes its tasks along.
 */
function serve(behaviour: Behaviour) {
  const { server, leave } = createApplication(behaviour)
  const { host, port } = behaviour.place
  server.listen(port, host, () => {
    process.send?.({ port: (server.address() as AddressInfo).port })
  })
  if (behaviour.crashAfter !== undefined) {
    setTimeout(() => process.exit(1), behaviour.crashAfter)
  }
  process.on('SIGTERM', () => void leave().then(() => process.exit(0)))
  // A container has no terminal: this is Ctrl-C's way to end it.
  process.on('SIGINT', () => void leave().then(() => process.exit(0)))
  process.on('disconnect', () => process.exit(0))
}

if (process.argv.includes('--help')) process.stdout.write(helpText)
else {
  try {
    serve(behaviourOf(process.env))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // Whoever wrote the environment can mend it: one line, no stack.
    process.stderr.write(`${error.name}: ${error.message}\n`)
    process.exitCode = 1
  }
}
