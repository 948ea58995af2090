import { type RouterType, revision } from '../../fixtures/in-process/environment.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import type { LocalCanary, LocalCanaryOptions } from '../../fixtures/in-process/local-canary.ts'

/** Something that has to end in one way, and ends in another where it lacks a permission. */
export interface Scenario {
  readonly name: string
  readonly options: LocalCanaryOptions
  /** @throws where it does not end as it should. */
  run(canary: LocalCanary): Promise<void>
}

export const ROUTERS: readonly RouterType[] = ['alb', 'listener', 'route53']
export const PROMOTED = ['started', 'shifted', 'promoted']
/** The gate before a step up was closed, for want of tasks. */
export const HELD_AND_FAILED_BACK = ['started', 'shifted', 'held', 'failed-back']
export const FAILED_BACK = ['started', 'shifted', 'failed-back']

/** Short, and with a look at each step: what is asked here is who may do what. */
export const QUICK = {
  plan: [
    { weight: 50, bake: '20s' },
    { weight: 100, bake: '20s' },
  ],
  interval: '20s',
  maxExtension: '1m',
}

/** So long that nothing happens by itself: what happens at once was told. */
export const SLOW = {
  plan: [
    { weight: 50, bake: '2h' },
    { weight: 100, bake: '2h' },
  ],
  interval: '1h',
}

/** No retry lasts longer that matters here; Fail Back would go on for hours. */
const PATIENCE_SECONDS = 600

/** As the canary's own `until`, but over as soon as something was lost. */
export function until(
  canary: LocalCanary,
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = PATIENCE_SECONDS,
): Promise<void> {
  const lossless = () => {
    nothingIsLost(canary)
    return condition()
  }
  return canary.time.until(what, lossless, seconds)
}

export function nothingIsLost({ aws }: LocalCanary): void {
  const [lost] = aws.lost
  if (lost !== undefined) throw new Error(`lost: ${lost}`)
}

export function expectSame(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return
  throw new Error(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}

export async function begin(canary: LocalCanary): Promise<void> {
  await canary.define()
  await canary.surroundings.deploy('green', revision(2))
}

/** Waits for the end of a rollout: how it ended, and what other people were told of it. */
export async function ended(
  canary: LocalCanary,
  attempt: number,
  outcome: 'promoted' | 'failed-back',
  told: readonly string[],
): Promise<void> {
  const over = async () => (await canary.rollout(attempt))?.Outcome !== undefined
  await until(canary, `rollout ${attempt} has ended`, over)
  await canary.time.settle()
  nothingIsLost(canary)
  const record = await canary.rollout(attempt)
  if (record?.Outcome !== outcome) {
    throw new Error(`rollout ${attempt} is ${record?.Outcome}: ${record?.Reason}`)
  }
  const states = canary.events
    .filter(({ source }) => source === 'sluice')
    .map(({ detail }) => detail as { rollout: string; state: string })
    .flatMap(({ rollout, state }) => (rollout === `web-${attempt}` ? [state] : []))
  expectSame(`what rollout ${attempt} told`, [...new Set(states)], told)
  expectSame('what was not delivered', letters(canary, 'UndeliveredEvents'), [])
}

export const achieved = (canary: LocalCanary, weight: number, attempt = 1): Promise<void> =>
  until(
    canary,
    `green has ${weight} %`,
    async () => (await canary.rollout(attempt))?.Achieved === weight,
  )

/** What happens within so many seconds happens since somebody was told. */
export async function atOnce(canary: LocalCanary, what: () => Promise<void>): Promise<void> {
  const begun = canary.time.now()
  await what()
  const seconds = (canary.time.now() - begun) / 1000
  if (seconds > 120) throw new Error(`it took ${seconds} s: nobody was told`)
}

/** @throws where a rollout ended for another reason. */
export async function because(canary: LocalCanary, wanted: RegExp): Promise<void> {
  const { Reason: reason } = (await canary.rollout(1)) ?? {}
  if (!wanted.test(String(reason))) throw new Error(`the reason is ${reason}, not ${wanted}`)
}

/** A person asks the signal function for something, while time goes on elsewhere. */
export async function request(canary: LocalCanary, kind: 'abort' | 'approve'): Promise<void> {
  const asked = kind === 'approve' ? 'approve' : 'signal'
  const fn = canary.deployed.functions.find(({ name }) => functionNamed(name) === asked)
  const wish = { canary: 'web', kind, who: 'ada', why: 'as asked', id: kind }
  const { payload } = await canary.aws.lambda.invoke(fn?.arn ?? '', wish, 'by-hand')
  expectSame('the answer', JSON.parse(payload).kind, 'recorded')
}

export const ask = (canary: LocalCanary, kind: 'abort' | 'approve'): Promise<void> =>
  canary.time.during('the request is answered', request(canary, kind))

/** Bodies of the messages on the queue with this in its logical id. */
export function letters({ aws, deployed }: LocalCanary, queue: string): readonly string[] {
  const found = deployed.queues.find(({ logicalId }) => logicalId.includes(queue))
  return aws.sqs.queues.get(found?.arn).messages.map(({ body }) => body)
}
