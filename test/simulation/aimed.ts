import type { FunctionName } from '../../infra/function-names.ts'
import { CALLS, READS } from './calls.ts'
import {
  asking,
  behind,
  type Circumstance,
  checking,
  dying,
  failing,
  growing,
  hasty,
  hookedAt,
  lasting,
  redefined,
  retriggered,
  scalingDown,
  signalled,
  sometimes,
  stopped,
  superseded,
  unheard,
  unhindered,
  unsettled,
} from './circumstances.ts'
import type { Dice } from './dice.ts'
import type { CallFaultKind, Fault, Scenario } from './scenario.ts'

/** One call of one function, and whether it fails before or after it took effect. */
interface Aim {
  readonly fn: FunctionName
  readonly operation: string
  readonly moment: 'before' | 'after' | 'always'
}

const KINDS: Readonly<Record<Aim['moment'], readonly CallFaultKind[]>> = {
  before: ['reset', 'throttled', 'server-error', 'conflict', 'killed-before', 'hung'],
  after: ['answer-lost', 'killed-after', 'late'],
  always: ['reset', 'throttled', 'server-error'],
}

/** Before and after each call, and each function's record out of reach for longer than any retry lasts. */
const AIMS: readonly Aim[] = Object.entries(CALLS).flatMap(([name, operations]) => {
  const fn = name as FunctionName
  return operations.flatMap((operation): Aim[] => {
    const moments: Aim['moment'][] = READS.test(operation) ? ['before'] : ['before', 'after']
    if (operation === 'UpdateItem') moments.push('always')
    return moments.map((moment) => ({ fn, operation, moment }))
  })
})

/** A scenario whose fault is aimed: with each seed at the next call, so that no call is left to chance. */
export function aimed(usual: Scenario, dice: Dice, turn: number): Scenario {
  const aim = AIMS[turn % AIMS.length]
  if (!aim) return usual
  const scenario = [unhindered, ...circumstancesOf(aim)].reduce(
    (one, circumstance) => circumstance(one, dice),
    usual,
  )
  // Alone most of the time, so that it strikes; with others beside it now and then, so that they meet.
  const others = dice.chance(0.3) ? usual.faults : []
  return { ...scenario, faults: [faultAt(aim, dice), ...scenario.faults, ...others] }
}

function faultAt({ fn, operation, moment }: Aim, dice: Dice): Fault {
  const lasting = moment === 'always'
  return {
    id: 'f0',
    at: 'call',
    fn,
    operation,
    nth: dice.pick([1, 1, 1, 1, 1, 2]),
    times: lasting ? 200 : dice.pick([1, 1, 1, 4, 40]),
    kind: dice.pick(KINDS[moment]),
  }
}

/** What has to happen for a function to be called at all. */
const CALLED_WHEN: Readonly<Partial<Record<FunctionName, Circumstance>>> = {
  'fail-back': failing,
  'scale-down': scalingDown,
  approve: asking,
  signal: signalled,
  guard: stopped,
  retrigger: retriggered,
}

/** What has to be so for a call to be made. */
const CALLS_WHEN: Readonly<Record<string, readonly Circumstance[]>> = {
  DescribeRules: [behind('alb')],
  ModifyRule: [behind('alb')],
  DescribeListeners: [behind('listener')],
  ModifyListener: [behind('listener')],
  ListResourceRecordSets: [behind('route53')],
  ChangeResourceRecordSets: [behind('route53')],
  GetChange: [behind('route53')],
  DescribeAlarms: [checking('alarms')],
  GetMetricData: [checking('metric', 'compare')],
  ListTasks: [checking('ecs')],
  DescribeTasks: [checking('ecs'), dying],
  DescribeScalableTargets: [growing],
  RegisterScalableTarget: [growing],
  UpdateService: [growing],
}

/** Of one function, where both of these are not enough or too much. */
const FUNCTION_CALLS_WHEN: Readonly<Record<string, readonly Circumstance[]>> = {
  'trigger GetItem': [superseded],
  'trigger SendTaskSuccess': [superseded],
  'retrigger UpdateItem': [sometimes(redefined), retriggered],
  'ready Invoke': [hookedAt('beforeTraffic')],
  'ready PutEvents': [asking],
  'bake UpdateItem': [sometimes(asking)],
  'bake SendTaskSuccess': [hasty],
  'assess DescribeServices': [checking('ecs')],
  'assess Invoke': [checking('custom')],
  'assess PutEvents': [asking],
  'fail-back DescribeServices': [unsettled],
  'fail-back Invoke': [hookedAt('afterFailBack'), failing],
  'signal Query': [dying],
  'guard GetItem': [stopped, sometimes(unheard)],
  'guard StartExecution': [stopped, sometimes(unheard)],
  'guard DescribeExecution': [stopped, unheard],
  'guard SendMessage': [lasting],
}

function circumstancesOf({ fn, operation }: Aim): readonly Circumstance[] {
  const own = FUNCTION_CALLS_WHEN[`${fn} ${operation}`]
  const called = CALLED_WHEN[fn]
  return own ?? [...(CALLS_WHEN[operation] ?? []), ...(called ? [called] : [])]
}
