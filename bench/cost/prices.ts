/** What AWS asks for one of something, in US dollars. */
export interface Price {
  readonly dollars: number
  readonly unit: string
  readonly source: string
}

/**
 * List prices of us-east-1 without free tiers, as found in `PRICES_AS_OF`; docs/guide/costs.md says where. Other regions
 * differ. `source` is the page that has the price of the day.
 */
export const PRICES_AS_OF = '2026-11'

export const PRICES = {
  transition: {
    dollars: 0.025 / 1_000,
    unit: 'state transition (Standard)',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  invocation: {
    dollars: 0.2 / 1_000_000,
    unit: 'Lambda request',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  gigabyteSecond: {
    dollars: 0.0000133334,
    unit: 'GB-second of Lambda, arm64',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  writeUnit: {
    dollars: 0.625 / 1_000_000,
    unit: 'DynamoDB write request unit (1 kB)',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  readUnit: {
    dollars: 0.125 / 1_000_000,
    unit: 'DynamoDB read request unit (4 kB)',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  metricRead: {
    dollars: 0.01 / 1_000,
    unit: 'metric asked of CloudWatch',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  metricHour: {
    dollars: 0.3 / 730,
    unit: 'custom metric in an hour that has data',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  logGigabyte: {
    dollars: 0.5,
    unit: 'GB of logs taken in',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
} as const satisfies Readonly<Record<string, Price>>

export type Priced = keyof typeof PRICES
