import { signalCommand } from '../signal-command.ts'

export const resume = signalCommand({
  name: 'resume',
  describe: 'go on after a pause',
  details: 'The rollout goes on where it was paused, with the next clear look of its checks.',
  examples: [{ what: 'Go on', type: 'sluice resume web' }],
  kind: () => 'resume',
})
