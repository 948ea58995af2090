import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib'
import type { IRepository } from 'aws-cdk-lib/aws-ecr'
import {
  type IOIDCProviderRef,
  OidcProviderNative,
  OpenIdConnectPrincipal,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { DEFAULT_CONTROLLER_NAME, functionNameOf } from '../constructs/controller-names.ts'
import type { SlotService } from './slot-service.ts'

const GITHUB = 'token.actions.githubusercontent.com'

export interface PipelineProps {
  /** Whose workflows may deploy: `owner/name`. */
  readonly repository: string
  /** The environment that the workflow has to run in; its protection rules are GitHub's. */
  readonly environment?: string
  /** The controller's table, whose records of this canary say which slot is idle and what became of a rollout. */
  readonly table: string
  /** The controller's name; `sluice` unless its stack gives another. */
  readonly controller?: string
  /** Of GitHub, where the account has one already: there can be only one. */
  readonly provider?: IOIDCProviderRef
}

export interface DeployRoleProps extends PipelineProps {
  readonly provider: IOIDCProviderRef
  readonly images: IRepository
  readonly canary: string
  readonly services: readonly SlotService[]
}

/** Lets GitHub's workflows prove who they are. An account can have one of it. */
export function githubProvider(scope: Construct): OidcProviderNative {
  return new OidcProviderNative(scope, 'GitHub', {
    url: `https://${GITHUB}`,
    clientIds: ['sts.amazonaws.com'],
  })
}

/** What `.github/workflows/deploy.yml` may do: push the image, deploy to these services, read this canary's records. */
export class DeployRole extends Construct {
  readonly role: Role

  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id)
    const { repository, environment = 'production', provider } = props
    this.role = new Role(this, 'Role', {
      description: `Deploys ${props.canary} from ${repository}`,
      // No keys: a workflow of this repository and environment proves itself by a token of minutes.
      assumedBy: new OpenIdConnectPrincipal(provider, {
        StringEquals: {
          [`${GITHUB}:aud`]: 'sts.amazonaws.com',
          [`${GITHUB}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      }),
      // As long as a rollout is waited for.
      maxSessionDuration: Duration.hours(4),
    })
    this.pushImages(props.images)
    this.deploy(props)
    this.readRecords(props)
    this.findController(props)
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ecr:GetAuthorizationToken and ecs:DescribeTaskDefinition have no resources',
    })
  }

  private pushImages(images: IRepository): void {
    images.grantPullPush(this.role)
    images.grant(this.role, 'ecr:DescribeImageScanFindings')
  }

  private deploy({ services }: DeployRoleProps): void {
    const stack = Stack.of(this)
    const allow = (actions: string[], resources: string[], conditions?: object) =>
      this.role.addToPolicy(
        new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }),
      )
    allow(['ecs:DescribeTaskDefinition'], ['*'])
    for (const { task } of services) {
      allow(
        ['ecs:RegisterTaskDefinition'],
        [
          stack.formatArn({
            service: 'ecs',
            resource: 'task-definition',
            resourceName: `${task.family}:*`,
          }),
        ],
      )
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task-definition/${task.family}:*]`,
        reason: 'the number of a revision is not known before it is registered',
      })
    }
    allow(
      ['ecs:DescribeServices', 'ecs:UpdateService'],
      services.map(({ service }) => service.serviceArn),
    )
    allow(
      ['iam:PassRole'],
      services.flatMap(({ task }) => [task.taskRole.roleArn, task.obtainExecutionRole().roleArn]),
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    )
  }

  /** The command learns from this function's configuration which table is the controller's. */
  private findController({ controller = DEFAULT_CONTROLLER_NAME }: DeployRoleProps): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetFunctionConfiguration'],
        resources: [
          Stack.of(this).formatArn({
            service: 'lambda',
            resource: 'function',
            resourceName: functionNameOf(controller, 'signal'),
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    )
  }

  private readRecords({ table, canary }: DeployRoleProps): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem'],
        resources: [
          Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName: table }),
        ],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [canary] } },
      }),
    )
  }
}
