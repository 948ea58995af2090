import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  LoadBalancer,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../wire/service.ts'
import type { TargetRegistry } from './target-registry.ts'

const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** Tasks that an account may have in a service. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MOST_TASKS = 5_000

export function checkDesiredCount(count: number | undefined): void {
  if (count === undefined) return
  if (!Number.isInteger(count) || count < 0 || count > MOST_TASKS) {
    throw invalid(`desiredCount must be from 0 to ${MOST_TASKS}, not ${count}.`)
  }
}

/** Of what a service can be, this is what runs here. */
export function checkKind(given: CreateServiceRequest): void {
  const { launchType = 'FARGATE', schedulingStrategy = 'REPLICA', deploymentController } = given
  const controller = deploymentController?.type ?? 'ECS'
  if (launchType === 'EXTERNAL') {
    throw invalid(`local AWS does not have the launch type ${launchType}: use FARGATE or EC2.`)
  }
  if (schedulingStrategy !== 'REPLICA') {
    throw invalid(
      `local AWS does not have the scheduling strategy ${schedulingStrategy}: use REPLICA.`,
    )
  }
  if (controller !== 'ECS') {
    throw invalid(`local AWS does not have the deployment controller ${controller}: use ECS.`)
  }
}

/** The rolling deployment's bounds, with ECS's defaults; strategies of ECS's own are refused. */
export function checkDeployment(given: DeploymentConfiguration = {}): DeploymentConfiguration {
  const { maximumPercent = 200, minimumHealthyPercent = 100, ...rest } = given
  if (rest.strategy !== undefined && rest.strategy !== 'ROLLING') {
    throw invalid(`local AWS does not have the deployment strategy ${rest.strategy}: use ROLLING.`)
  }
  for (const member of [
    'alarms',
    'lifecycleHooks',
    'linearConfiguration',
    'canaryConfiguration',
  ] as const) {
    const value = rest[member]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      throw invalid(`local AWS does not have deploymentConfiguration.${member}: leave it out.`)
    }
  }
  if (
    maximumPercent <= minimumHealthyPercent &&
    maximumPercent <= 100 &&
    minimumHealthyPercent >= 100
  ) {
    throw invalid('maximumPercent and minimumHealthyPercent leave no room to replace a task.')
  }
  return { maximumPercent, minimumHealthyPercent, ...circuitBreaker(rest) }
}

function circuitBreaker({ deploymentCircuitBreaker: given }: DeploymentConfiguration) {
  if (!given) return {}
  const { enable = false, rollback = false, ...other } = given
  const unknown = Object.entries(other).find(([, value]) => value !== undefined)
  if (unknown) {
    throw invalid(`local AWS does not have deploymentCircuitBreaker.${unknown[0]}: leave it out.`)
  }
  return { deploymentCircuitBreaker: { enable, rollback } }
}

export function checkLoadBalancers(
  given: readonly LoadBalancer[] = [],
  definition: TaskDefinition,
  targets: TargetRegistry,
): void {
  for (const {
    targetGroupArn,
    loadBalancerName,
    containerName,
    containerPort,
    advancedConfiguration,
  } of given) {
    if (loadBalancerName !== undefined || advancedConfiguration !== undefined) {
      throw invalid('local AWS knows loadBalancers by targetGroupArn only.')
    }
    if (!targetGroupArn || !targets.exists(targetGroupArn)) {
      throw invalid(`The target group ${targetGroupArn ?? ''} does not exist.`)
    }
    const container = definition.containerDefinitions?.find(({ name }) => name === containerName)
    if (!container?.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalid(
        `The container ${containerName} does not exist in the task definition, or does not map port ${containerPort}.`,
      )
    }
  }
}
