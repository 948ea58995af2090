import { type App, Validations } from 'aws-cdk-lib'
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../infra/app.ts'
import { CanaryController } from '../../infra/constructs/canary-controller.ts'
import { AlbStack } from '../../infra/example/alb-stack.ts'
import { STACK_NAME } from '../../infra/stack-name.ts'
import { emptyBundles, newFolder } from './canary-scene.ts'

/** Every stack that there is, and the examples with the options that change what they consist of. */
function everyStack(): App {
  const app = createApp(emptyBundles(), { outdir: newFolder() })
  new AlbStack(app, 'Instances', { capacity: 'ec2' })
  return app
}

describe('cdk-nag', () => {
  it('has nothing to say against any stack', () => {
    const app = everyStack()
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    expect(() => app.synth()).not.toThrow()
  })

  it('would say so', () => {
    const app = everyStack()
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    new ManagedPolicy(app.node.findChild(STACK_NAME), 'Wide', {
      statements: [new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    })
    expect(() => app.synth()).toThrow('wildcard permissions')
  })

  it('is answered with a reason wherever it is answered', () => {
    const reasons = everyStack()
      .node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.values(data as Record<string, unknown>))
    expect(reasons.length).toBeGreaterThan(0)
    for (const reason of reasons) expect(String(reason).length).toBeGreaterThan(20)
  })

  it('is answered for wildcards that are listed, and for no others', () => {
    const app = everyStack()
    const controller = app.node.findChild(STACK_NAME).node.findChild('Controller')
    expect(controller).toBeInstanceOf(CanaryController)
    const answered = controller.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data as Record<string, unknown>))
    for (const id of answered) expect(id).toMatch(/IAM5\[Resource::.+\]$|SQS3$/)
  })
})
