import { signalCommand } from '../signal-command.ts'

export const approve = signalCommand({
  name: 'approve',
  describe: 'let a rollout that asks a person take its step',
  details:
    'For a rollout that waits in Await Approval. Counts for the step that is asked for and for no later one. Needs permission to invoke the controller’s approve function.',
  examples: [{ what: 'Go ahead', type: 'sluice approve web --reason "load test was fine"' }],
  kind: () => 'approve',
})
