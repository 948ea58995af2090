import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, expect, it } from 'vitest'
import { APP_CONTEXT } from '../../infra/app.ts'
import { AlbStack } from '../../infra/example/alb-stack.ts'
import { ImagesStack } from '../../infra/example/images-stack.ts'
import { Route53Stack } from '../../infra/example/route53-stack.ts'

const outdir = mkdtempSync(join(tmpdir(), 'sluice-findings-'))
afterAll(() => rmSync(outdir, { recursive: true }))

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string
    readonly violations: readonly { readonly ruleName: string }[]
    readonly suppressedViolations?: readonly {
      readonly ruleName: string
      readonly reason: string
    }[]
  }[]
}

/** Every way in which the examples can be had, looked at by AWS's own rules and CloudFormation's schemas. */
function report(): Report {
  const app = new App({ context: APP_CONTEXT, outdir })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1'
  const pipeline = { repository: 'acme/shop', table: 'SluiceController-Records' }
  new ImagesStack(app, 'Images')
  new AlbStack(app, 'Alb', { pipeline, canaries: 2 })
  new AlbStack(app, 'Secured', { certificateArn, pace: 'seconds' })
  new AlbStack(app, 'Instances', { capacity: 'ec2' })
  new Route53Stack(app, 'Route53', { pipeline })
  const { directory } = app.synth()
  return JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'))
}

it('neither cdk-nag nor CloudFormation’s schemas find anything, and what is accepted has its reason', () => {
  // What cdk-nag finds ends the synthesis.
  const { pluginReports } = report()
  expect(pluginReports.length).toBeGreaterThan(0)
  for (const { violations, suppressedViolations = [] } of pluginReports) {
    expect(violations).toEqual([])
    for (const { ruleName, reason } of suppressedViolations) {
      expect(reason, ruleName).toMatch(/\w+ \w+ \w+/)
    }
  }
})

it('cdk-nag would find something', () => {
  const app = new App({ context: APP_CONTEXT })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  new Bucket(new Stack(app, 'Open'), 'Bucket')
  expect(() => app.synth()).toThrow(/AwsSolutions-S1/)
})
