import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCron } from '../../../core/model/cron.ts'
import { readDefinition } from '../../../core/model/definition.ts'
import { parseDuration, parseLatency } from '../../../core/model/duration.ts'
import { anyText, anyValue } from '../grammar.ts'
import { mutated, mutatedText, wordsOf } from '../mutate.ts'
import type { Target } from '../target.ts'

const GUIDE = join(import.meta.dirname, '..', '..', '..', 'docs', 'guide', 'definition.md')

const arn = (kind: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:${kind}`
const slot = (name: string) => ({
  cluster: 'production',
  service: `checkout-${name}`,
  targetGroup: arn(`targetgroup/checkout-${name}/0123456789abcdef`),
  loadBalancer: arn('loadbalancer/app/shop/0123456789abcdef'),
})
const slots = { blue: slot('blue'), green: slot('green') }
const step = (weight: number, more = {}) => ({ weight, bake: '5m', ...more })

/** Between them, every kind of thing that a definition may have. */
const SAMPLES: readonly object[] = [
  {
    canary: 'checkout',
    live: 'blue',
    role: 'arn:aws:iam::123456789012:role/sluice/canary/checkout',
    slots,
    router: { type: 'alb', rule: arn('listener-rule/app/shop/1/2/3') },
    plan: [step(5), step(25.5, { approval: true }), step(100)],
    checks: [
      { type: 'ecs', effect: 'veto' },
      { type: 'targets', healthyShare: 80 },
      { type: 'compare', name: 'errors', alpha: 0.01 },
      { type: 'compare', name: 'slow', slowerThan: '500ms', effect: 'advisory', interval: '1m' },
      { type: 'alarms', alarms: ['errors'] },
      { type: 'http', url: 'https://{{slot}}.example.com/health', status: 200 },
      {
        type: 'metric',
        name: 'queue',
        namespace: 'Shop',
        metric: 'Age',
        dimensions: { Slot: '{{slot}}' },
        statistic: 'Maximum',
        atMost: 10,
      },
      { type: 'custom', function: 'arn:aws:lambda:us-east-1:123456789012:function:look' },
    ],
    interval: '30s',
    maxExtension: '10m',
    onInconclusive: 'hold',
    onNewRevision: 'queue',
    hooks: [{ at: 'before-shift', function: 'arn:aws:lambda:us-east-1:123456789012:function:ask' }],
    approval: { beforePromote: true, timeout: '24h', onTimeout: 'fail-back' },
    freeze: [{ cron: '0 18 * * FRI', duration: '63h', timezone: 'Europe/Berlin' }],
    capacity: { policy: 'scale', deadline: '10m' },
  },
  {
    canary: 'web',
    slots,
    router: { type: 'route53', hostedZone: 'Z1', record: 'shop.example.com', aliasTtl: '60s' },
    plan: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
  },
  {
    canary: 'web',
    slots,
    router: { type: 'alb', listener: arn('listener/app/shop/1/2') },
    strategy: { type: 'linear', step: 10, bake: '3m' },
    scaleDown: { after: '1h', to: 0 },
    testWindow: '10m',
  },
]

/** A definition is sound, or broken with lines that say what and where; the same each time. */
export function definitionsTarget(): Target {
  const fields = [...readFileSync(GUIDE, 'utf8').matchAll(/`([\w.-]+)`/g)].map(([, word]) => word)
  const words = [...wordsOf(SAMPLES), ...fields.filter((word) => word !== undefined)]
  return {
    name: 'definitions',
    feed(dice) {
      const definition = dice.oneIn(8)
        ? anyValue(dice, words)
        : mutated(dice, dice.pick(SAMPLES), words)
      const reading = readDefinition(definition)
      if (reading.kind === 'broken') {
        if (reading.issues.length === 0) throw new Error('broken, and nothing is wrong with it')
        const silent = reading.issues.find(({ text }) => text.length < 8 || /\n/.test(text))
        if (silent) throw new Error(`what is wrong is not one line: ${JSON.stringify(silent)}`)
      } else if (JSON.stringify(readDefinition(definition)) !== JSON.stringify(reading)) {
        throw new Error('read twice, it is not the same')
      }
      const text = dice.oneIn(2)
        ? anyText(dice, words)
        : mutatedText(
            dice,
            dice.pick(['10m', '1h 30m', '500ms', '*/5 8-18 * JAN-MAR MON,TUE']),
            words,
          )
      for (const read of [parseDuration, parseLatency]) {
        const value = read(text)
        if (value !== undefined && !(value >= 0 && Number.isFinite(value))) {
          throw new Error(`"${text}" is ${value}`)
        }
      }
      const cron = parseCron(text)
      if (typeof cron === 'string' && cron.length < 8) throw new Error(`"${text}": ${cron}`)
    },
  }
}
