import { signalCommand } from '../signal-command.ts'

export const pause = signalCommand({
  name: 'pause',
  describe: 'hold the weight where it is; the checks go on',
  details:
    'No step up and no promotion until sluice resume. A check that fails still fails back, and a pause that nobody ends does so after holdTimeout of the definition.',
  examples: [
    { what: 'Stay at this weight', type: 'sluice pause web --reason "looking at the logs"' },
  ],
  kind: () => 'pause',
})
