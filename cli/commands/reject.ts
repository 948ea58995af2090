import { signalCommand } from '../signal-command.ts'

export const reject = signalCommand({
  name: 'reject',
  describe: 'fail back a rollout that asks a person',
  details:
    'For a rollout that waits in Await Approval. Needs permission to invoke the controller’s approve function. Any rollout can be ended by sluice abort.',
  examples: [{ what: 'Not this one', type: 'sluice reject web --reason "wrong build"' }],
  kind: () => 'reject',
})
