/** How one service is known on the wire, and what it calls a bad parameter. */
export interface Listing {
  /** Prefixes of `X-Amz-Target`, and the service's name in an rpc-v2-cbor path. */
  readonly targets: readonly string[]
  /** Names in a signature's credential scope. */
  readonly signingNames: readonly string[]
  /** Version of the API as Query requests and REST paths carry it. */
  readonly version: string
  readonly xmlNamespace: string
  /** Error code for a parameter that is missing, unknown or out of bounds. */
  readonly badParameter: string
}

const listing = (
  target: string,
  signingName: string,
  version: string,
  badParameter: string,
  xmlNamespace = '',
): Listing => ({
  targets: [target],
  signingNames: [signingName],
  version,
  xmlNamespace,
  badParameter,
})

/** By the name of the service here. Values from the SDK's clients (`runtimeConfig.shared.js` of each). */
export const directory: Readonly<Record<string, Listing>> = {
  ecs: listing(
    'AmazonEC2ContainerServiceV20141113',
    'ecs',
    '2014-11-13',
    'InvalidParameterException',
  ),
  autoscaling: listing(
    'AnyScaleFrontendService',
    'application-autoscaling',
    '2016-02-06',
    'ValidationException',
  ),
  elbv2: listing(
    'ElasticLoadBalancing_v10',
    'elasticloadbalancing',
    '2015-12-01',
    'ValidationError',
    'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  ),
  route53: listing(
    'AWSDnsV20130401',
    'route53',
    '2013-04-01',
    'InvalidInput',
    'https://route53.amazonaws.com/doc/2013-04-01/',
  ),
  cloudwatch: listing(
    'GraniteServiceVersion20100801',
    'monitoring',
    '2010-08-01',
    'ValidationError',
    'http://monitoring.amazonaws.com/doc/2010-08-01/',
  ),
  sns: listing(
    'AmazonSimpleNotificationService',
    'sns',
    '2010-03-31',
    'InvalidParameter',
    'http://sns.amazonaws.com/doc/2010-03-31/',
  ),
  sqs: listing(
    'AmazonSQS',
    'sqs',
    '2012-11-05',
    'InvalidParameterValue',
    'http://queue.amazonaws.com/doc/2012-11-05/',
  ),
  eventbridge: listing('AWSEvents', 'events', '2015-10-07', 'ValidationException'),
  lambda: listing('AWSGirApiService', 'lambda', '2015-03-31', 'InvalidParameterValueException'),
  stepfunctions: listing('AWSStepFunctions', 'states', '2016-11-23', 'ValidationException'),
  sts: listing(
    'AWSSecurityTokenServiceV20110615',
    'sts',
    '2011-06-15',
    'ValidationError',
    'https://sts.amazonaws.com/doc/2011-06-15/',
  ),
  iam: listing(
    'AWSIdentityManagementV20100508',
    'iam',
    '2010-05-08',
    'ValidationError',
    'https://iam.amazonaws.com/doc/2010-05-08/',
  ),
  cloudformation: listing(
    'CloudFormation',
    'cloudformation',
    '2010-05-15',
    'ValidationError',
    'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  ),
  dynamodb: {
    ...listing('DynamoDB_20120810', 'dynamodb', '2012-08-10', 'ValidationException'),
    targets: ['DynamoDB_20120810', 'DynamoDBStreams_20120810'],
  },
}

export const badParameterOf = (service: string): string =>
  directory[service]?.badParameter ?? 'ValidationException'
