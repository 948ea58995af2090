/** The consoles of AWS's partitions, where they are not called as that of the first one. */
const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/** An execution of the state machine in the console of Step Functions. */
export function executionLink(stateMachineArn: string, execution: string): string {
  const [, partition = 'aws', , region = ''] = stateMachineArn.split(':')
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${execution}`
  const console = CONSOLES[partition] ?? `${region}.console.aws.amazon.com`
  return `https://${console}/states/home?region=${region}#/v2/executions/details/${arn}`
}
