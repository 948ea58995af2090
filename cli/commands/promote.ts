import { signalCommand } from '../signal-command.ts'

export const promote = signalCommand({
  name: 'promote',
  describe: 'do not wait for the rest of the bake',
  details:
    'The present step passes at the first look at which all checks are clear. With --full that goes for every later step too, and the next shift goes to 100 percent. Neither passes a check that fails, nor a closed gate: an approval, a freeze, the stopped line.',
  options: [{ flags: '--full', describe: 'to 100 percent next, then promoted at one clear look' }],
  examples: [
    { what: 'On to the next step', type: 'sluice promote web --reason "looks good"' },
    { what: 'All the way', type: 'sluice promote web --full --reason "hotfix"' },
  ],
  kind: (input) => (input.flag('full') ? 'promote-full' : 'promote'),
})
