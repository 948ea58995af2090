import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createElbv2 } from '../../../local/services/elbv2/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

describe.each(transports)('ELBv2 %s', (transport) => {
  const elbv2 = createElbv2()
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.ElasticLoadBalancingV2Client

  const arns = { loadBalancer: '', listener: '', rule: '', blue: '', green: '' }

  beforeAll(async () => {
    opened = await openTransport(transport, [elbv2])
    client = new sdk.ElasticLoadBalancingV2Client(opened.config)
  })
  afterAll(() => opened.close())

  const weighted = (blue: number, green: number): sdk.Action[] => [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: arns.blue, Weight: blue },
          { TargetGroupArn: arns.green, Weight: green },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    },
  ]
  const anywhere: sdk.RuleCondition[] = [{ Field: 'path-pattern', Values: ['/*'] }]
  const modify = (Actions: sdk.Action[]) =>
    client.send(new sdk.ModifyRuleCommand({ RuleArn: arns.rule, Actions }))

  /** One a served operation, in the order in which they can be called. */
  const calls: Record<string, () => Promise<void>> = {
    CreateLoadBalancer: async () => {
      const made = await client.send(
        new sdk.CreateLoadBalancerCommand({ Name: 'shop', Tags: [{ Key: 'team', Value: 'a' }] }),
      )
      const [one] = made.LoadBalancers ?? []
      arns.loadBalancer = one?.LoadBalancerArn ?? ''
      expect(arns.loadBalancer).toMatch(
        /^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer\/app\/shop\/[0-9a-f]{16}$/,
      )
      expect(one?.State?.Code).toBe('active')
      expect(one?.CreatedTime).toBeInstanceOf(Date)
      const again = await client.send(new sdk.CreateLoadBalancerCommand({ Name: 'shop' }))
      expect(again.LoadBalancers?.[0]?.LoadBalancerArn).toBe(arns.loadBalancer)
    },
    DescribeLoadBalancers: async () => {
      const all = await client.send(new sdk.DescribeLoadBalancersCommand({}))
      expect(all.LoadBalancers).toHaveLength(1)
      await expect(
        client.send(new sdk.DescribeLoadBalancersCommand({ Names: ['sho'] })),
      ).rejects.toThrow(sdk.LoadBalancerNotFoundException)
    },
    CreateTargetGroup: async () => {
      for (const name of ['blue', 'green'] as const) {
        const { TargetGroups } = await client.send(
          new sdk.CreateTargetGroupCommand({
            Name: name,
            Protocol: 'HTTP',
            Port: 80,
            TargetType: 'ip',
            HealthCheckPath: '/health',
            HealthCheckIntervalSeconds: 1,
          }),
        )
        arns[name] = TargetGroups?.[0]?.TargetGroupArn ?? ''
      }
      expect(elbv2.state.targetGroups.get(arns.blue)?.healthCheck).toMatchObject({
        path: '/health',
        intervalSeconds: 1,
        unhealthyThreshold: 2,
      })
      await expect(
        client.send(new sdk.CreateTargetGroupCommand({ Name: 'blue', Protocol: 'HTTP', Port: 80 })),
      ).rejects.toThrow(sdk.DuplicateTargetGroupNameException)
    },
    CreateListener: async () => {
      const given = {
        LoadBalancerArn: arns.loadBalancer,
        Protocol: 'HTTP',
        Port: 8080,
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      } satisfies sdk.CreateListenerInput
      const { Listeners } = await client.send(new sdk.CreateListenerCommand(given))
      arns.listener = Listeners?.[0]?.ListenerArn ?? ''
      await expect(client.send(new sdk.CreateListenerCommand(given))).rejects.toThrow(
        sdk.DuplicateListenerException,
      )
    },
    DescribeListeners: async () => {
      const { Listeners } = await client.send(
        new sdk.DescribeListenersCommand({ LoadBalancerArn: arns.loadBalancer }),
      )
      expect(Listeners).toMatchObject([{ Port: 8080, Protocol: 'HTTP' }])
      await expect(
        client.send(new sdk.DescribeListenersCommand({ ListenerArns: ['arn:none'] })),
      ).rejects.toThrow(sdk.ListenerNotFoundException)
    },
    ModifyListener: async () => {
      const { Listeners } = await client.send(
        new sdk.ModifyListenerCommand({
          ListenerArn: arns.listener,
          DefaultActions: weighted(1, 0),
        }),
      )
      expect(Listeners?.[0]?.DefaultActions).toEqual(weighted(1, 0))
      expect(Listeners?.[0]?.Port).toBe(8080)
    },
    CreateRule: async () => {
      const given = {
        ListenerArn: arns.listener,
        Priority: 10,
        Conditions: anywhere,
        Actions: [{ Type: 'forward', TargetGroupArn: arns.blue }],
      } satisfies sdk.CreateRuleInput
      const { Rules } = await client.send(new sdk.CreateRuleCommand(given))
      arns.rule = Rules?.[0]?.RuleArn ?? ''
      expect(Rules?.[0]?.Actions).toEqual([
        {
          Type: 'forward',
          TargetGroupArn: arns.blue,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: arns.blue, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ])
      await expect(client.send(new sdk.CreateRuleCommand(given))).rejects.toThrow(
        sdk.PriorityInUseException,
      )
    },
    DescribeRules: async () => {
      for (const Priority of [30, 20]) {
        const input = { ListenerArn: arns.listener, Priority, Conditions: anywhere }
        await client.send(new sdk.CreateRuleCommand({ ...input, Actions: weighted(1, 1) }))
      }
      const priorities: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page: sdk.DescribeRulesOutput = await client.send(
          new sdk.DescribeRulesCommand({ ListenerArn: arns.listener, PageSize: 1, Marker }),
        )
        expect(page.Rules).toHaveLength(1)
        priorities.push(page.Rules?.[0]?.Priority)
        Marker = page.NextMarker
      } while (Marker)
      expect(priorities).toEqual(['10', '20', '30', 'default'])
      await expect(
        client.send(new sdk.DescribeRulesCommand({ RuleArns: [`${arns.rule}x`] })),
      ).rejects.toThrow(sdk.RuleNotFoundException)
      await expect(
        client.send(new sdk.DescribeRulesCommand({ ListenerArn: arns.listener, Marker: 'zzz' })),
      ).rejects.toThrow('"zzz" is no marker')
    },
    ModifyRule: async () => {
      const { Rules } = await modify(weighted(900, 100))
      expect(Rules?.[0]?.Actions).toEqual(weighted(900, 100))
      expect(Rules?.[0]?.Conditions?.[0]?.Values).toEqual(['/*'])
    },
    SetRulePriorities: async () => {
      const set = (...RulePriorities: sdk.RulePriorityPair[]) =>
        client.send(new sdk.SetRulePrioritiesCommand({ RulePriorities }))
      const others = elbv2.state.rulesOf(arns.listener).filter(({ arn }) => arn !== arns.rule)
      const taken = set({ RuleArn: arns.rule, Priority: 20 })
      await expect(taken).rejects.toThrow(sdk.PriorityInUseException)
      // A swap is no conflict.
      const { Rules } = await set(
        { RuleArn: arns.rule, Priority: 20 },
        { RuleArn: others[0]?.arn, Priority: 10 },
      )
      expect(Rules?.map(({ Priority }) => Priority)).toEqual(['20', '10'])
      expect(elbv2.state.rules.get(arns.rule)?.priority).toBe(20)
    },
    ModifyLoadBalancerAttributes: async () => {
      const set = (Key: string, Value: string) =>
        client.send(
          new sdk.ModifyLoadBalancerAttributesCommand({
            LoadBalancerArn: arns.loadBalancer,
            Attributes: [{ Key, Value }],
          }),
        )
      await set('deletion_protection.enabled', 'true')
      await expect(
        client.send(new sdk.DeleteLoadBalancerCommand({ LoadBalancerArn: arns.loadBalancer })),
      ).rejects.toThrow(sdk.OperationNotPermittedException)
      await set('deletion_protection.enabled', 'false')
      await expect(set('waf.fail_open.enabled', 'true')).rejects.toThrow(
        /does not have the attribute/,
      )
      await expect(set('access_logs.s3.enabled', 'true')).rejects.toThrow(/leave it at false/)
    },
    DescribeLoadBalancerAttributes: async () => {
      const { Attributes } = await client.send(
        new sdk.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arns.loadBalancer }),
      )
      expect(Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '60' })
      expect(Attributes).toContainEqual({ Key: 'deletion_protection.enabled', Value: 'false' })
    },
    ModifyTargetGroupAttributes: async () => {
      const set = (Key: string, Value: string) =>
        client.send(
          new sdk.ModifyTargetGroupAttributesCommand({
            TargetGroupArn: arns.green,
            Attributes: [{ Key, Value }],
          }),
        )
      await set('deregistration_delay.timeout_seconds', '120')
      const late = set('deregistration_delay.timeout_seconds', 'soon')
      await expect(late).rejects.toThrow(/'soon' of .* is no number of seconds/)
      await expect(set('stickiness.enabled', 'true')).rejects.toThrow(/leave it at false/)
      const targets = { TargetGroupArn: arns.green, Targets: [{ Id: '127.0.0.1', Port: 4003 }] }
      await client.send(new sdk.RegisterTargetsCommand(targets))
      await client.send(new sdk.DeregisterTargetsCommand(targets))
      const standing = [...(elbv2.state.targetGroups.get(arns.green)?.targets.values() ?? [])]
      expect(standing.map(({ health }) => health.state)).toEqual(['draining'])
      // Nobody waits two minutes.
      await set('deregistration_delay.timeout_seconds', '0')
      await client.send(new sdk.DeregisterTargetsCommand(targets))
      expect(elbv2.state.targetGroups.get(arns.green)?.targets.size).toBe(0)
    },
    DescribeTargetGroupAttributes: async () => {
      const { Attributes } = await client.send(
        new sdk.DescribeTargetGroupAttributesCommand({ TargetGroupArn: arns.green }),
      )
      expect(Attributes).toContainEqual({
        Key: 'deregistration_delay.timeout_seconds',
        Value: '0',
      })
    },
    RegisterTargets: async () => {
      await client.send(
        new sdk.RegisterTargetsCommand({
          TargetGroupArn: arns.blue,
          Targets: [
            { Id: '127.0.0.1', Port: 4001 },
            { Id: '127.0.0.1', Port: 4002 },
          ],
        }),
      )
      expect([...(elbv2.state.targetGroups.get(arns.blue)?.targets.keys() ?? [])]).toEqual([
        '127.0.0.1:4001',
        '127.0.0.1:4002',
      ])
    },
    DescribeTargetHealth: async () => {
      elbv2.state.setTargetHealth(
        arns.blue,
        { id: '127.0.0.1', port: 4002 },
        { state: 'unhealthy', reason: 'Target.Timeout' },
      )
      const health = await client.send(
        new sdk.DescribeTargetHealthCommand({ TargetGroupArn: arns.blue }),
      )
      expect(
        health.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State),
      ).toEqual(['initial', 'unhealthy'])
      const none = await client.send(
        new sdk.DescribeTargetHealthCommand({ TargetGroupArn: arns.green }),
      )
      expect(none.TargetHealthDescriptions).toEqual([])
      await expect(
        client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn: 'arn:none' })),
      ).rejects.toThrow(sdk.TargetGroupNotFoundException)
    },
    DeregisterTargets: async () => {
      await client.send(
        new sdk.DeregisterTargetsCommand({
          TargetGroupArn: arns.blue,
          Targets: [{ Id: '127.0.0.1', Port: 4002 }],
        }),
      )
      expect(elbv2.state.targetGroups.get(arns.blue)?.targets.size).toBe(1)
    },
    DescribeTargetGroups: async () => {
      const { TargetGroups } = await client.send(
        new sdk.DescribeTargetGroupsCommand({ LoadBalancerArn: arns.loadBalancer }),
      )
      expect(TargetGroups?.map((group) => group.TargetGroupName)).toEqual(['blue', 'green'])
      expect(TargetGroups?.[0]?.LoadBalancerArns).toEqual([arns.loadBalancer])
    },
    ModifyTargetGroup: async () => {
      const { TargetGroups } = await client.send(
        new sdk.ModifyTargetGroupCommand({
          TargetGroupArn: arns.blue,
          HealthyThresholdCount: 2,
          Matcher: { HttpCode: '200-299' },
        }),
      )
      expect(TargetGroups?.[0]).toMatchObject({
        HealthyThresholdCount: 2,
        HealthCheckPath: '/health',
        Matcher: { HttpCode: '200-299' },
      })
      expect(elbv2.state.targetGroups.get(arns.blue)?.targets.size).toBe(1)
    },
    AddTags: async () => {
      await client.send(
        new sdk.AddTagsCommand({
          ResourceArns: [arns.loadBalancer],
          Tags: [{ Key: 'team', Value: 'b' }],
        }),
      )
    },
    DescribeTags: async () => {
      const { TagDescriptions } = await client.send(
        new sdk.DescribeTagsCommand({ ResourceArns: [arns.loadBalancer, arns.blue] }),
      )
      expect(TagDescriptions).toEqual([
        { ResourceArn: arns.loadBalancer, Tags: [{ Key: 'team', Value: 'b' }] },
        { ResourceArn: arns.blue, Tags: [] },
      ])
    },
    DeleteRule: async () => {
      await client.send(new sdk.DeleteRuleCommand({ RuleArn: arns.rule }))
      await expect(modify(weighted(1, 1))).rejects.toThrow(sdk.RuleNotFoundException)
    },
    DeleteTargetGroup: async () => {
      const drop = () =>
        client.send(new sdk.DeleteTargetGroupCommand({ TargetGroupArn: arns.green }))
      await expect(drop()).rejects.toThrow(sdk.ResourceInUseException)
    },
    DeleteListener: async () => {
      await client.send(new sdk.DeleteListenerCommand({ ListenerArn: arns.listener }))
      expect(elbv2.state.rules.size).toBe(0)
    },
    DeleteLoadBalancer: async () => {
      const drop = () =>
        client.send(new sdk.DeleteLoadBalancerCommand({ LoadBalancerArn: arns.loadBalancer }))
      await drop()
      await drop()
      expect(elbv2.state.loadBalancers.size).toBe(0)
    },
  }

  test('has a call below for every operation that it serves', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(elbv2.operations).sort())
  })

  test.each(Object.keys(calls))('%s', async (operation) => {
    await calls[operation]?.()
    expect(opened.called).toContain(`elbv2:${operation}`)
  })
})

describe('a listener rule', () => {
  const open = async () => {
    const elbv2 = createElbv2()
    const { config } = await openTransport('in process', [elbv2])
    const client = new sdk.ElasticLoadBalancingV2Client(config)
    const { LoadBalancers } = await client.send(new sdk.CreateLoadBalancerCommand({ Name: 'lb' }))
    const groups: string[] = []
    for (const Name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const made = await client.send(
        new sdk.CreateTargetGroupCommand({ Name, Protocol: 'HTTP', Port: 80 }),
      )
      groups.push(made.TargetGroups?.[0]?.TargetGroupArn ?? '')
    }
    const { Listeners } = await client.send(
      new sdk.CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: groups[0] }],
      }),
    )
    const ListenerArn = Listeners?.[0]?.ListenerArn
    const { Rules } = await client.send(
      new sdk.CreateRuleCommand({
        ListenerArn,
        Priority: 1,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: groups[0] }],
      }),
    )
    const RuleArn = Rules?.[0]?.RuleArn
    const modify = (...Actions: sdk.Action[]) =>
      client.send(new sdk.ModifyRuleCommand({ RuleArn, Actions }))
    return { client, elbv2, groups, modify, ListenerArn, RuleArn }
  }

  const forward = (
    groups: readonly [string | undefined, number][],
    stickiness?: sdk.TargetGroupStickinessConfig,
  ): sdk.Action => ({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
      ...(stickiness && { TargetGroupStickinessConfig: stickiness }),
    },
  })

  const oidc = (extra: Partial<sdk.AuthenticateOidcActionConfig>): sdk.Action => ({
    Type: 'authenticate-oidc',
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: 'https://id.example',
      AuthorizationEndpoint: 'https://id.example/a',
      TokenEndpoint: 'https://id.example/t',
      UserInfoEndpoint: 'https://id.example/u',
      ClientId: 'shop',
      ...extra,
    },
  })

  type Given = (groups: readonly string[]) => sdk.Action[]

  test.each<[string, Given, string]>([
    [
      'weights that all are 0',
      ([a, b]) => [
        forward([
          [a, 0],
          [b, 0],
        ]),
      ],
      'have weight 0',
    ],
    [
      'a weight above 999',
      ([a, b]) => [
        forward([
          [a, 1000],
          [b, 1],
        ]),
      ],
      'Weight of',
    ],
    [
      'a weight below 0',
      ([a, b]) => [
        forward([
          [a, -1],
          [b, 1],
        ]),
      ],
      'from 0 to 999',
    ],
    ['six target groups', (all) => [forward(all.map((arn) => [arn, 1]))], '1 to 5 target groups'],
    [
      'a target group given twice',
      ([a]) => [
        forward([
          [a, 1],
          [a, 1],
        ]),
      ],
      'twice',
    ],
    ['an unknown target group', () => [forward([['arn:none', 1]])], "'arn:none' not found"],
    [
      'a stickiness above a week',
      ([a]) => [forward([[a, 1]], { Enabled: true, DurationSeconds: 604_801 })],
      'from 1 to 604800',
    ],
    ['stickiness of no length', ([a]) => [forward([[a, 1]], { Enabled: true })], 'DurationSeconds'],
    ['no action', () => [], 'Actions is empty'],
    [
      'a forward that is not last',
      ([a]) => [
        { ...forward([[a, 1]]), Order: 1 },
        { ...oidc({ ClientSecret: 's' }), Order: 2 },
      ],
      'last',
    ],
    ['authentication alone', () => [oidc({ ClientSecret: 's' })], 'last'],
    [
      'several actions without an order',
      ([a]) => [oidc({ ClientSecret: 's' }), forward([[a, 1]])],
      'Order',
    ],
  ])('refuses %s and stays as it is', async (_, given, message) => {
    const { elbv2, groups, modify, RuleArn } = await open()
    const before = elbv2.state.rules.get(RuleArn ?? '')
    await expect(modify(...given(groups))).rejects.toThrow(message)
    expect(elbv2.state.rules.get(RuleArn ?? '')).toBe(before)
  })

  test('never shows a client secret, and keeps it where the writer says so', async () => {
    const { client, elbv2, groups, modify, RuleArn } = await open()
    const served = {
      ...forward([
        [groups[0], 9],
        [groups[1], 1],
      ]),
      Order: 2,
    }
    const shown = await modify(oidc({ ClientSecret: 'hush' }), served)
    expect(shown.Rules?.[0]?.Actions?.[0]?.AuthenticateOidcConfig?.ClientSecret).toBeUndefined()

    const read = await client.send(new sdk.DescribeRulesCommand({ RuleArns: [RuleArn ?? ''] }))
    const [auth] = read.Rules?.[0]?.Actions ?? []
    await expect(modify(auth as sdk.Action, served)).rejects.toThrow('UseExistingClientSecret')

    await modify(oidc({ UseExistingClientSecret: true }), served)
    const stored = elbv2.state.rules.get(RuleArn ?? '')?.actions[0]
    expect(stored?.AuthenticateOidcConfig?.ClientSecret).toBe('hush')
  })

  test('that is the default one is changed through its listener only', async () => {
    const { client, groups, ListenerArn } = await open()
    const { Rules } = await client.send(new sdk.DescribeRulesCommand({ ListenerArn }))
    const byDefault = Rules?.find((rule) => rule.IsDefault)
    await expect(
      client.send(
        new sdk.ModifyRuleCommand({
          RuleArn: byDefault?.RuleArn,
          Actions: [forward([[groups[1], 1]])],
        }),
      ),
    ).rejects.toThrow(sdk.OperationNotPermittedException)
  })

  test('cannot take a target group of another load balancer', async () => {
    const { client, groups } = await open()
    const other = await client.send(new sdk.CreateLoadBalancerCommand({ Name: 'other' }))
    await expect(
      client.send(
        new sdk.CreateListenerCommand({
          LoadBalancerArn: other.LoadBalancers?.[0]?.LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'forward', TargetGroupArn: groups[0] }],
        }),
      ),
    ).rejects.toThrow(sdk.TargetGroupAssociationLimitException)
  })

  test('refuses a parameter and a condition that it would have to ignore', async () => {
    const { client, ListenerArn, RuleArn } = await open()
    await expect(
      client.send(new sdk.ModifyRuleCommand({ RuleArn, Transforms: [{ Type: 'url-rewrite' }] })),
    ).rejects.toThrow('does not support the parameter Transforms of elbv2:ModifyRule')
    await expect(
      client.send(
        new sdk.ModifyRuleCommand({
          RuleArn,
          Conditions: [{ Field: 'source-ip', Values: ['10.0.0.0/8'] }],
        }),
      ),
    ).rejects.toThrow('conditions on source-ip')
    await expect(
      client.send(new sdk.ModifyListenerCommand({ ListenerArn, Protocol: 'HTTPS' })),
    ).rejects.toThrow(sdk.UnsupportedProtocolException)
  })

  test('tells who listens of every change, and no longer once told to stop', async () => {
    const { elbv2, groups, modify } = await open()
    let heard = 0
    const stop = elbv2.state.onChange(() => {
      heard += 1
    })
    await modify(
      forward([
        [groups[0], 1],
        [groups[1], 1],
      ]),
    )
    expect(heard).toBe(1)
    stop()
    await modify(
      forward([
        [groups[0], 2],
        [groups[1], 1],
      ]),
    )
    expect(heard).toBe(1)
  })
})

describe('a target', () => {
  test('of a group that nothing uses is unused', async () => {
    const elbv2 = createElbv2()
    const { config } = await openTransport('in process', [elbv2])
    const client = new sdk.ElasticLoadBalancingV2Client(config)
    const { TargetGroups } = await client.send(
      new sdk.CreateTargetGroupCommand({ Name: 'idle', Protocol: 'HTTP', Port: 80 }),
    )
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
    await client.send(new sdk.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: 'i-1' }] }))
    const health = await client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn }))
    expect(health.TargetHealthDescriptions?.[0]).toMatchObject({
      Target: { Id: 'i-1', Port: 80 },
      TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' },
    })
  })

  test('drains for as long as told, and comes back where it is registered meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const elbv2 = createElbv2({ deregistrationDelayMs: 5_000 })
    const { config } = await openTransport('in process', [elbv2])
    const client = new sdk.ElasticLoadBalancingV2Client(config)
    const { TargetGroups } = await client.send(
      new sdk.CreateTargetGroupCommand({ Name: 'busy', Protocol: 'HTTP', Port: 80 }),
    )
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
    const Targets = [{ Id: 'i-1' }, { Id: 'i-2' }]
    await client.send(new sdk.RegisterTargetsCommand({ TargetGroupArn, Targets }))
    await client.send(new sdk.DeregisterTargetsCommand({ TargetGroupArn, Targets }))
    const states = async () => {
      const health = await client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn }))
      return health.TargetHealthDescriptions?.map(
        ({ Target, TargetHealth }) => `${Target?.Id} ${TargetHealth?.State}`,
      )
    }
    expect(await states()).toEqual(['i-1 draining', 'i-2 draining'])
    await client.send(new sdk.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: 'i-2' }] }))
    vi.advanceTimersByTime(4_999)
    expect(await states()).toEqual(['i-1 draining', 'i-2 unused'])
    vi.advanceTimersByTime(1)
    expect(await states()).toEqual(['i-2 unused'])
    vi.useRealTimers()
  })
})
