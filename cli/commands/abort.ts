import { signalCommand } from '../signal-command.ts'

export const abort = signalCommand({
  name: 'abort',
  describe: 'end a rollout: all traffic back, now',
  details:
    'Restores the routing that stood before the rollout, at once and whatever the rollout is doing: baking, paused, or waiting for an approval. It cannot be taken back; sluice retrigger starts another attempt.',
  examples: [{ what: 'All traffic back', type: 'sluice abort web --reason "checkout is slow"' }],
  kind: () => 'abort',
})
