import {
  achieved,
  ask,
  begin,
  ended,
  FAILED_BACK,
  PROMOTED,
  QUICK,
  type Scenario,
} from '../scenario.ts'

const hook = (name: string) => ({
  name,
  function: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
})

const passes = () => ({ status: 'pass' })

/** Hooks at every point, and a check of the team's own. */
const asksFunctions = (name: string, hooks: object, promoted: boolean): Scenario => ({
  name,
  options: {
    tasks: 1,
    lambdas: { warm: passes, smoke: passes, sign: passes, page: passes, opinion: passes },
    definition: { ...QUICK, checks: [{ type: 'custom', ...hook('opinion') }], hooks },
  },
  async run(canary) {
    await begin(canary)
    if (promoted) return ended(canary, 1, 'promoted', PROMOTED)
    await achieved(canary, 50)
    await ask(canary, 'abort')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
    const { Timeline: timeline = [] } = (await canary.rollout(1)) ?? {}
    const asked = canary.aws.lambda.functions.get('page').invocations
    if (asked !== 1)
      throw new Error(`the hook was asked ${asked} times: ${JSON.stringify(timeline)}`)
  },
})

export const FUNCTIONS_OF_THE_TEAM = [
  asksFunctions(
    'asks functions of its team',
    { beforeTraffic: [hook('warm')], afterStep: [hook('smoke')], beforePromote: [hook('sign')] },
    true,
  ),
  asksFunctions('tells one after a fail back', { afterFailBack: [hook('page')] }, false),
]
