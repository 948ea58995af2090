import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRouterOf } from '../../../adapters/routers.ts'
import { ROOT } from '../../../infra/bundling/bundle-functions.ts'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { clientConfig } from '../../fixtures/client-config.ts'
import { EXAMPLE, removeExamples, synthesizeExample } from '../../fixtures/example-environment.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'

const SCRIPT = join(ROOT, 'infra', 'example', 'destroy.sh')
let aws: LocalAws
let bin: string

beforeEach(() => {
  aws = createLocalAws({ tasks: createSimulatedTasks().runner })
  bin = mkdtempSync(join(tmpdir(), 'sluice-bin-'))
})
afterEach(async () => {
  await aws.close()
  rmSync(bin, { recursive: true })
  removeExamples()
})

/** A stack whose second rollout would go from green to blue: green has everything. */
async function afterAPromotion(): Promise<{ readonly zone: string }> {
  const { outputs } = await aws.deploy(synthesizeExample('route53'))
  const person = clientConfig(aws.requestHandler)
  const slot = (name: string) => ({
    cluster: String(outputs.ClusterName),
    service: String(outputs[`${name}ServiceName`]),
    targetGroup: String(outputs[`${name}TargetGroupArn`]),
  })
  const zone = String(outputs.HostedZoneId)
  const router = createRouterOf({
    elbv2: new ElasticLoadBalancingV2Client(person),
    route53: new Route53Client(person),
  })({
    slots: { blue: slot('Blue'), green: slot('Green') },
    router: { type: 'route53', hostedZone: zone, record: String(outputs.RecordName) },
  })
  await router.set({ blue: 0, green: 255 })
  return { zone }
}

async function zones(): Promise<number> {
  const client = new Route53Client(clientConfig(aws.requestHandler))
  return ((await client.send(new ListHostedZonesCommand({}))).HostedZones ?? []).length
}

function failingCli(message: string) {
  const file = join(bin, 'aws')
  writeFileSync(file, `#!/usr/bin/env bash\necho "${message}" >&2\nexit 254\n`)
  chmodSync(file, 0o755)
}

/** The few commands of the AWS CLI that the script calls, by the SDK, as nobody needs the CLI to run these tests. */
function standInForTheCli(url: string, zone: string) {
  const file = join(bin, 'aws')
  const sdk = JSON.stringify(import.meta.resolve('@aws-sdk/client-route-53'))
  writeFileSync(
    file,
    `#!${process.execPath}
const [service, operation, ...rest] = process.argv.slice(2)
const given = (name) => rest[rest.indexOf(name) + 1]
if (service === 'cloudformation') { console.log(${JSON.stringify(zone)}); process.exit() }
import(${sdk}).then(async ({ Route53 }) => {
  const client = new Route53({ endpoint: ${JSON.stringify(url)}, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })
  const HostedZoneId = given('--hosted-zone-id')
  if (operation === 'list-resource-record-sets') {
    const { ResourceRecordSets } = await client.listResourceRecordSets({ HostedZoneId })
    console.log(JSON.stringify({ ResourceRecordSets }))
  } else if (operation === 'change-resource-record-sets') {
    await client.changeResourceRecordSets({ HostedZoneId, ChangeBatch: JSON.parse(given('--change-batch')) })
  } else throw new Error(operation)
})
`,
  )
  chmodSync(file, 0o755)
}

const resetRecords = () =>
  promisify(execFile)('bash', [SCRIPT, '--records-only', EXAMPLE], {
    env: { PATH: `${bin}:${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}` },
  })

describe('an environment behind weighted records, after a promotion,', () => {
  it('leaves its zone behind where nothing is done about its records', async () => {
    await afterAPromotion()
    await aws.removeStack(EXAMPLE).catch(() => undefined)
    expect(await zones()).toBe(1)
  })

  it('goes whole once the script has given the records their weights back', async () => {
    const { zone } = await afterAPromotion()
    const { url } = await aws.listen()
    standInForTheCli(url, zone)
    const { stdout } = await resetRecords()
    expect(stdout).toContain(`the records in ${zone} have the weights of their template`)
    await aws.removeStack(EXAMPLE)
    expect(await zones()).toBe(0)
  })
})

describe('the script', () => {
  it('has nothing to do for a stack that there is not', async () => {
    failingCli('An error occurred (ValidationError): Stack with id Example does not exist')
    expect(await resetRecords()).toMatchObject({ stdout: '' })
  })

  it('stops where it cannot tell, with the reason', async () => {
    failingCli('An error occurred (ExpiredToken): The security token is expired')
    await expect(resetRecords()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The security token is expired'),
    })
  })
})
