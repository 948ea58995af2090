/** What the name of the host begins with that takes the answers of custom resources: a bucket of CloudFormation's. */
export const RESPONSE_HOST_PREFIX = 'cloudformation-custom-resource-response-'
