import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type CheckDefinition, parseDefinition } from '../../../core/model/definition.ts'
import { definition, targetGroup } from '../../fixtures/world.ts'

const slots = definition().slots as Record<'blue' | 'green', Record<string, string>>
const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:opinion'
const metric = { type: 'metric', name: 'm', source: { namespace: 'n', metric: 'm' }, above: 1 }
const math = { ...metric, source: undefined }
const http = { type: 'http', url: 'https://green.example.com/health' }
const custom = { type: 'custom', name: 'c', function: LAMBDA }

function refusal(changes: Record<string, unknown>): string {
  try {
    parseDefinition(definition(changes))
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return 'accepted'
}

const ofCheck = (check: object) => refusal({ checks: [check] })

describe('a check is refused with path, value and mend:', () => {
  it.each<[object, string]>([
    [
      { ...metric, effect: 'strong' },
      'checks.0.effect ("strong"): Invalid option: expected one of "required"|"veto"|"advisory"',
    ],
    [
      { ...metric, effect: 'advisory' },
      'checks (["m"]): none is required, so nothing would have to pass; give at least one the effect "required"',
    ],
    [
      { ...metric, interval: '5s' },
      'checks.0.interval ("5s"): is shorter than the definition\'s interval 10s, at which looks are made; make that as short',
    ],
    [
      { ...metric, interval: '2h' },
      'checks.0.interval ("2h"): "2h" is out of range; use from 1s to 1h',
    ],
    [
      { type: 'ecs', maxStoppedTasks: 1, maxStartFailures: 2 },
      'checks.0.maxStartFailures (2): is more than the 1 tasks that may die at all; raise maxStoppedTasks or lower this',
    ],
    [
      { type: 'targets', minHealthy: 101 },
      'checks.0.minHealthy (101): Too big: expected number to be <=100',
    ],
    [{ type: 'alarms', alarms: [] }, 'checks.0.alarms ([]): name at least one alarm'],
    [
      { type: 'alarms', alarms: ['a'], alreadyFiring: 'wait' },
      'checks.0.alreadyFiring ("wait"): Invalid option: expected one of "refuse"|"ignore"',
    ],
    [
      { ...http, url: 'green/health' },
      'checks.0.url ("green/health"): use a URL such as https://green.example.com/health',
    ],
    [
      { ...http, url: 'https://$' + '{slots}.example.com' },
      'checks.0.url ("https://$' +
        '{slots}.example.com"): $' +
        '{slots} is no placeholder; use one of slot, cluster, service, targetGroup, loadBalancer',
    ],
    [
      { ...http, url: 'https://ada:secret@green.example.com/' },
      'checks.0.url ("https://ada:secret@green.example.com/"): has a user in it, whom no request is sent with; remove what stands before the "@"',
    ],
    [
      { ...http, url: { blue: 'https://blue.example.com/a@b', green: 'http://ada@green/' } },
      'checks.0.url.green ("http://ada@green/"): has a user in it',
    ],
    [
      { ...http, expect: { status: [200, '299-200'] } },
      'checks.0.expect.status.1 ("299-200"): ends before it begins; swap its ends',
    ],
    [
      { ...http, method: 'HEAD', expect: { body: 'ok' } },
      'checks.0.expect.body ("ok"): no answer to HEAD has a body; use GET',
    ],
    [
      { ...http, samples: 2, maxFailures: 2 },
      'checks.0.maxFailures (2): lets all 2 samples fail; use at most 1',
    ],
    [
      { ...http, samples: 6 },
      'checks.0.samples (6): 6 samples of 2s could take longer than the 10 s of one look; use fewer, or a shorter timeout',
    ],
    [
      { ...http, expect: { latency: '300' } },
      'checks.0.expect.latency ("300"): "300" is no latency from 1ms to 60s; write it as 300ms or 1.5s',
    ],
    [
      { ...http, expect: { latency: '2s' } },
      'checks.0.expect.latency ("2s"): is no shorter than the timeout 2s; raise the timeout',
    ],
    [{ ...http, expect: { status: [] } }, 'checks.0.expect.status ([]): name at least one status'],
    [
      { ...http, body: 'x' },
      'checks.0.body ("x"): a GET request has no body; remove it, or use POST',
    ],
    [{ ...http, headers: { 'x y': 'z' } }, 'checks.0.headers.x y'],
    [
      metric.source ? { ...metric, above: undefined } : {},
      'checks.0 ("m"): set "above" or "below"',
    ],
    [
      { ...metric, math: { expression: 'a', metrics: { a: metric.source } } },
      'checks.0 ("m"): give either "source" or "math", and not both',
    ],
    [math, 'checks.0 ("m"): give either "source" or "math", and not both'],
    [
      { ...math, math: { expression: 'a * 2', metrics: { a: metric.source, b: metric.source } } },
      'checks.0.math.metrics.b ("b"): is not in the expression; use it or remove it',
    ],
    [
      { ...math, math: { expression: 'a * 2', metrics: { A: metric.source } } },
      'checks.0.math.metrics.A',
    ],
    [
      { ...math, math: { expression: "a + SEARCH('x')", metrics: { a: metric.source } } },
      'checks.0.math.expression ("a + SEARCH(\'x\')"): SEARCH, SELECT and METRICS give many series, and a check judges one; name the metrics',
    ],
    [
      { ...math, math: { expression: 'a', metrics: { a: metric.source } }, minimumSample: 5 },
      'checks.0.minimumSample (5): needs "math.sample": the id of the metric that counts the sample',
    ],
    [
      { ...math, math: { expression: 'a', metrics: { a: metric.source }, sample: 'b' } },
      'checks.0.math.sample ("b"): is the id of no metric here',
    ],
    [
      { type: 'compare', bad: metric.source },
      'checks.0 ("compare"): needs "bad" and "total": the bad requests, and all of them',
    ],
    [
      { type: 'compare', slowerThan: '300ms', gauge: metric.source },
      'checks.0 ("compare"): give one of "bad" with "total", "slowerThan", or "gauge"',
    ],
    [
      { type: 'compare', latency: metric.source },
      'checks.0.latency ("compare"): needs "slowerThan": the response time that counts as slow',
    ],
    [
      { type: 'compare', threshold: 100 },
      'checks.0.threshold (100): is no share of requests; use a percentage between 0 and 100',
    ],
    [{ type: 'compare', alpha: 0 }, 'checks.0.alpha (0): Too small: expected number to be >=1e-9'],
    [
      { type: 'compare', tolerance: 0.5 },
      'checks.0.tolerance (0.5): Too small: expected number to be >=1',
    ],
    [{ type: 'compare', period: '15s' }, 'checks.0.period ("15s"): is no period of CloudWatch'],
    [
      { ...custom, function: 'opinion' },
      'checks.0.function ("opinion"): use an ARN such as arn:aws:lambda:REGION:ACCOUNT:function:NAME',
    ],
    [{ ...custom, timeout: '11s' }, '"11s" is out of range; use from 1s to 10s'],
    [
      { ...custom, input: { text: 'x'.repeat(5_000) } },
      'is longer than 4096 characters of JSON; give the function a reference instead',
    ],
    [{ ...custom, inputs: {} }, 'checks.0.inputs: is no field of a definition'],
  ])('%j', (check, expected) => {
    expect(ofCheck(check)).toContain(expected)
  })

  it('without what its slots lack', () => {
    const bare = {
      router: { type: 'route53', hostedZone: 'Z1', record: 'shop.example.com' },
      slots: {
        blue: { ...slots.blue, targetGroup: undefined },
        green: { ...slots.green, targetGroup: undefined },
      },
    }
    expect(refusal({ ...bare, checks: [{ type: 'targets' }] })).toContain(
      'slots.blue.targetGroup: is missing; the check "targets" needs the slot\'s target group ARN',
    )
    expect(refusal({ ...bare, checks: [{ type: 'compare' }] })).toContain(
      'checks.0.bad.dimensions.TargetGroup ("$' +
        '{targetGroup}"): $' +
        "{targetGroup} needs the slot's targetGroup, which is missing",
    )
  })
})

describe('hooks are refused with path, value and mend:', () => {
  const hook = { name: 'smoke', function: LAMBDA }

  it.each<[object, string]>([
    [
      { afterStep: [hook, hook] },
      'hooks.afterStep.1.name ("smoke"): two hooks of afterStep are named "smoke"; give one another name',
    ],
    [
      { beforeTraffic: [1, 2, 3, 4].map((n) => ({ ...hook, name: `h${n}` })) },
      'hooks.beforeTraffic ("20s"): could take longer than 15 s together; shorten their timeouts, and answer "in-progress" where work takes longer',
    ],
    [{ after: [] }, 'hooks.after: is no field of a definition; remove it or correct its name'],
    [
      { afterStep: [{ ...hook, onFailure: 'ignore' }] },
      'hooks.afterStep.0.onFailure ("ignore"): Invalid option: expected one of "fail-back"|"continue"',
    ],
    [
      { afterStep: [{ ...hook, retries: 11 }] },
      'hooks.afterStep.0.retries (11): Too big: expected number to be <=10',
    ],
    [
      { afterStep: [1, 2, 3, 4, 5, 6].map((n) => ({ ...hook, name: `h${n}`, timeout: '1s' })) },
      'has more than 5 hooks',
    ],
  ])('%j', (hooks, expected) => {
    expect(refusal({ hooks })).toContain(expected)
  })

  it('that could stay in progress for longer than the history has room', () => {
    const long = { ...hook, deadline: '24h' }
    expect(refusal({ hooks: { afterStep: [hook] } })).toBe('accepted')
    expect(refusal({ hooks: { afterStep: [long] } })).toContain('interval ("10s"): could need')
    expect(refusal({ hooks: { beforePromote: [long] } })).toContain('interval ("10s"): could need')
    const before = { hooks: { beforeTraffic: [long, { ...long, name: 'other' }] } }
    expect(refusal(before)).toContain('no interval would fit; use fewer steps, or shorten')
  })
})

it('hooks after a fail back are refused that could outlast its retries', async () => {
  const hook = { name: 'page', function: LAMBDA, deadline: '5h' }
  expect(refusal({ hooks: { afterFailBack: [hook] } })).toBe('accepted')
  expect(
    refusal({ hooks: { afterFailBack: [hook, { ...hook, name: 'more', deadline: '1s' }] } }),
  ).toContain(
    'hooks.afterFailBack ("5h1s"): could stay in progress for longer than the 5h that a fail back waits for them; shorten their deadlines',
  )
  const { States } = JSON.parse(
    await readFile(new URL('../../../statemachine/canary.asl.json', import.meta.url), 'utf8'),
  )
  const [notYet] = States['Fail Back'].Retry
  let wait = notYet.IntervalSeconds
  let waits = 0
  for (let retry = 0; retry < notYet.MaxAttempts; retry++) {
    waits += wait
    wait = Math.min(wait * notYet.BackoffRate, notYet.MaxDelaySeconds)
  }
  // Beside the hooks the restored routing has to be verified.
  expect(waits).toBeGreaterThan(6 * 3_600)
})

it('promoteEarly needs a comparison of requests that counts', () => {
  const advisory = { type: 'compare', effect: 'advisory' }
  expect(refusal({ promoteEarly: {}, checks: [{ type: 'ecs' }, advisory] })).toContain(
    'needs a required "compare" check of requests: only that can be sure early',
  )

  expect(refusal({ promoteEarly: {}, checks: [{ type: 'ecs' }] })).toContain(
    'promoteEarly ({"bound":1.5,"minimumBake":60}): needs a required "compare" check of requests: only that can be sure early',
  )
  expect(refusal({ promoteEarly: {}, checks: [{ type: 'compare' }] })).toBe('accepted')
})

it('a definition too large for a record is refused', () => {
  const checks = Array.from({ length: 50 }, (_, n) => ({
    ...custom,
    name: `c${n}`,
    input: { text: 'x'.repeat(3_000) },
  }))
  expect(refusal({ checks })).toMatch(
    /^broken definition: definition \("\d+ characters"\): is larger than the 60000 characters of JSON/,
  )
})

describe('without checks', () => {
  const types = (changes: Record<string, unknown>) =>
    parseDefinition({ ...definition(changes), checks: undefined }).checks.map(
      ({ type }: CheckDefinition) => type,
    )
  const route53 = { type: 'route53', hostedZone: 'Z1', record: 'shop.example.com' }

  it('a canary behind a load balancer is compared with the live slot', () => {
    expect(types({})).toEqual(['ecs', 'targets', 'compare'])
  })

  it('a canary of records is checked by what its slots name', () => {
    const bare = { cluster: 'shop' }
    const services = (more: (name: string) => object) => ({
      blue: { ...bare, service: 'blue', ...more('blue') },
      green: { ...bare, service: 'green', ...more('green') },
    })
    expect(types({ router: route53, slots: services(() => ({})) })).toEqual(['ecs'])
    const behind = (name: string) => ({ targetGroup: targetGroup(name) })
    expect(types({ router: route53, slots: services(behind) })).toEqual(['ecs', 'targets'])
    const loadBalancer = (name: string) => ({
      ...behind(name),
      loadBalancer: `arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/${name}/1`,
    })
    const all = services(loadBalancer)
    expect(types({ router: route53, slots: all })).toEqual(['ecs', 'targets', 'compare'])
  })
})
