import { afterEach, expect, test } from 'vitest'
import { until } from '../../fixtures/until.ts'
import { startLoadBalancer } from './load-balancer-setup.ts'

let local: Awaited<ReturnType<typeof startLoadBalancer>>
afterEach(() => local.close())

const slotsOf = async (requests: number, headers: Record<string, string> = {}) => {
  const slots: Record<string, number> = {}
  for (let request = 0; request < requests; request++) {
    const response = await local.get('/', headers)
    const slot = response.headers.get('x-slot') ?? String(response.status)
    slots[slot] = (slots[slot] ?? 0) + 1
  }
  return slots
}

async function startBoth() {
  local = await startLoadBalancer()
  await local.target('blue', () => 200)
  await local.target('green', () => 200)
}

test('requests are split by weight, and weights count from the next request on', async () => {
  await startBoth()
  expect(await slotsOf(10)).toEqual({ blue: 10 })
  local.setActions(local.forwardTo({ blue: 9, green: 1 }))
  const few = await slotsOf(100)
  expect(few.green).toBeGreaterThanOrEqual(9)
  expect(few.green).toBeLessThanOrEqual(11)
  local.setActions(local.forwardTo({ blue: 0, green: 1 }))
  expect(await slotsOf(10)).toEqual({ green: 10 })
})

test('rules are tried by priority, conditions by host, path and header', async () => {
  await startBoth()
  const { listener, call, forwardTo } = local
  const rule = (Priority: number, Conditions: object[], Actions: object[]) =>
    call('CreateRule', { ListenerArn: listener, Priority, Conditions, Actions })
  rule(20, [{ Field: 'path-pattern', Values: ['/a*/?'] }], [forwardTo({ blue: 0, green: 1 })])
  rule(
    10,
    [
      { Field: 'path-pattern', Values: ['/a*'] },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['YES'] } },
    ],
    [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '418', MessageBody: 'tea' } }],
  )
  const slot = async (path: string, headers = {}) => {
    const response = await local.get(path, headers)
    return response.headers.get('x-slot') ?? response.status
  }
  expect(await slot('/')).toBe('blue')
  expect(await slot('/apple/1')).toBe('green')
  expect(await slot('/apple/12')).toBe('blue')
  expect(await slot('/apple/1', { 'x-test': 'yes' })).toBe(418)
})

test('a redirect keeps what it does not change', async () => {
  local = await startLoadBalancer()
  local.setActions({
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
  })
  const response = await local.get('/a/b?c=d')
  expect(response.status).toBe(301)
  expect(response.headers.get('location')).toMatch(/^https:\/\/127\.0\.0\.2:443\/a\/b\?c=d$/)
})

test('a client with the cookie stays with its target group whatever the weights', async () => {
  await startBoth()
  const sticky = { Enabled: true, DurationSeconds: 60 }
  local.setActions(local.forwardTo({ blue: 0, green: 1 }, sticky))
  const cookie = (await local.get()).headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^AWSALBTG=/)
  local.setActions(local.forwardTo({ blue: 1, green: 0 }, sticky))
  expect(await slotsOf(5, { cookie: cookie.split(';')[0] ?? '' })).toEqual({ green: 5 })
  expect(await slotsOf(5)).toEqual({ blue: 5 })
  expect(await slotsOf(5, { cookie: 'AWSALBTG=forged' })).toEqual({ blue: 5 })
  local.setActions(local.forwardTo({ blue: 1, green: 0 }))
  expect(await slotsOf(5, { cookie: cookie.split(';')[0] ?? '' })).toEqual({ blue: 5 })
})

test('a rule that authenticates is not served as if somebody had', async () => {
  await startBoth()
  local.setActions(
    {
      Type: 'authenticate-cognito',
      Order: 1,
      AuthenticateCognitoConfig: {
        UserPoolArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/p',
        UserPoolClientId: 'c',
        UserPoolDomain: 'd',
      },
    },
    { ...local.forwardTo({ blue: 1, green: 0 }), Order: 2 },
  )
  const response = await local.get()
  expect(response.status).toBe(501)
  expect(await response.text()).toMatch(/local AWS does not authenticate/)
})

test('without targets it answers 503; one that does not answer is a 502 of the load balancer', async () => {
  local = await startLoadBalancer({ period: 50 })
  const empty = await local.get()
  expect(empty.status).toBe(503)
  expect(await empty.text()).toMatch(/^there are no targets in targetgroup\/blue\//)
  await local.target('blue', () => 'cut')
  const cut = await local.get()
  expect(cut.status).toBe(502)
  expect(await cut.text()).toMatch(/:\d+ of targetgroup\/blue\/\S+ did not answer: socket hang up/)
  await until(() => local.metrics.some(({ metric }) => metric === 'HTTPCode_ELB_5XX_Count'))
  const errors = local.metrics.filter(({ metric }) => metric === 'HTTPCode_ELB_5XX_Count')
  expect(errors.every(({ dimensions }) => !('TargetGroup' in dimensions))).toBe(true)
})

test('a target is healthy with its first good check, unhealthy after the threshold, and then left out', async () => {
  local = await startLoadBalancer()
  let well = true
  await local.target('blue', () => (well ? 200 : 503))
  expect(local.healthOf('blue')).toEqual(['initial'])
  await until(() => local.healthOf('blue')[0] === 'healthy')
  await local.target('blue', () => 201)
  await until(() => local.healthOf('blue')[1] === 'healthy')
  well = false
  await until(() => local.healthOf('blue')[0] === 'unhealthy')
  const statuses = new Set<number>()
  for (let request = 0; request < 6; request++) statuses.add((await local.get()).status)
  expect(statuses).toEqual(new Set([201]))
})

test('with none but unhealthy targets it sends to them all the same', async () => {
  local = await startLoadBalancer()
  await local.target('blue', () => 503)
  await until(() => local.healthOf('blue')[0] === 'unhealthy')
  const response = await local.get()
  expect(response.status).toBe(503)
  expect(response.headers.get('x-slot')).toBe('blue')
})

test('a period gives one point of each count, errors only where there are any', async () => {
  local = await startLoadBalancer({ period: 200 })
  await local.target('blue', () => 200)
  await local.target('green', () => 500)
  local.setActions(local.forwardTo({ blue: 1, green: 1 }))
  await slotsOf(10)
  const sum = (metric: string, slot: 'blue' | 'green') =>
    local.metrics
      .filter((point) => point.metric === metric)
      .filter(({ dimensions }) => dimensions.TargetGroup?.startsWith(`targetgroup/${slot}/`))
      .reduce((total, { value }) => total + value, 0)
  await until(() => sum('RequestCount', 'blue') + sum('RequestCount', 'green') === 10)
  expect(sum('HTTPCode_Target_2XX_Count', 'blue')).toBe(5)
  expect(sum('HTTPCode_Target_5XX_Count', 'green')).toBe(5)
  const named = local.metrics.filter(({ metric }) => metric === 'HTTPCode_Target_5XX_Count')
  expect(named.some(({ dimensions }) => dimensions.TargetGroup?.includes('/blue/'))).toBe(false)
  expect(local.metrics.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining(['TargetResponseTime', 'HealthyHostCount', 'UnHealthyHostCount']),
  )
  expect(named[0]?.dimensions.LoadBalancer).toMatch(/^app\/shop\/[0-9a-f]{16}$/)
})
