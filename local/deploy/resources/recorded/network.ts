import { REGION } from '../../../account.ts'
import type { ResourceType } from '../resource-type.ts'
import { idOf, recorded } from './recorded.ts'

type Properties = Readonly<Record<string, unknown>>

/** A type that is known by an id, which is also one of its attributes. */
const identified = (
  prefix: string,
  idAttribute: string,
  properties: readonly string[],
  replacedBy: readonly string[] = [],
  attributes: (id: string, given: Properties) => Properties = () => ({}),
): ResourceType =>
  recorded({
    properties,
    replacedBy,
    made(name, given) {
      const id = idOf(prefix, name)
      return { ref: id, attributes: { [idAttribute]: id, ...attributes(id, given) } }
    },
  })

const INGRESS = ['Description', 'FromPort', 'GroupId', 'IpProtocol', 'ToPort', 'CidrIp', 'CidrIpv6']

/** On one machine every process reaches every other one; what a network would forbid is not forbidden here. */
export const NETWORK: Readonly<Record<string, ResourceType>> = {
  'AWS::EC2::EIP': recorded({
    properties: ['Domain', 'Tags'],
    made: (name) => ({
      ref: '192.0.2.1',
      attributes: { AllocationId: idOf('eipalloc', name), PublicIp: '192.0.2.1' },
    }),
  }),
  'AWS::EC2::FlowLog': identified('fl', 'Id', [
    'DeliverLogsPermissionArn',
    'LogDestination',
    'LogDestinationType',
    'LogGroupName',
    'ResourceId',
    'ResourceType',
    'Tags',
    'TrafficType',
  ]),
  'AWS::EC2::InternetGateway': identified('igw', 'InternetGatewayId', ['Tags']),
  'AWS::EC2::LaunchTemplate': identified(
    'lt',
    'LaunchTemplateId',
    ['LaunchTemplateData', 'LaunchTemplateName', 'TagSpecifications'],
    ['LaunchTemplateName'],
    () => ({ LatestVersionNumber: '1', DefaultVersionNumber: '1' }),
  ),
  'AWS::EC2::NatGateway': identified(
    'nat',
    'NatGatewayId',
    ['AllocationId', 'SubnetId', 'Tags'],
    ['AllocationId', 'SubnetId'],
  ),
  'AWS::EC2::Route': recorded({
    properties: ['DestinationCidrBlock', 'GatewayId', 'NatGatewayId', 'RouteTableId'],
  }),
  'AWS::EC2::RouteTable': identified('rtb', 'RouteTableId', ['Tags', 'VpcId'], ['VpcId']),
  'AWS::EC2::SecurityGroup': identified(
    'sg',
    'GroupId',
    [
      'GroupDescription',
      'GroupName',
      'SecurityGroupEgress',
      'SecurityGroupIngress',
      'Tags',
      'VpcId',
    ],
    ['GroupDescription', 'GroupName', 'VpcId'],
    (id, { VpcId }) => ({ Id: id, VpcId }),
  ),
  'AWS::EC2::SecurityGroupEgress': identified('sgr', 'Id', [
    ...INGRESS,
    'DestinationSecurityGroupId',
    'DestinationPrefixListId',
  ]),
  'AWS::EC2::SecurityGroupIngress': identified('sgr', 'Id', [
    ...INGRESS,
    'SourceSecurityGroupId',
    'SourcePrefixListId',
  ]),
  'AWS::EC2::Subnet': identified(
    'subnet',
    'SubnetId',
    ['AvailabilityZone', 'CidrBlock', 'MapPublicIpOnLaunch', 'Tags', 'VpcId'],
    ['AvailabilityZone', 'CidrBlock', 'VpcId'],
    (_, { VpcId, CidrBlock, AvailabilityZone = `${REGION}a` }) => ({
      VpcId,
      CidrBlock,
      AvailabilityZone,
    }),
  ),
  'AWS::EC2::SubnetRouteTableAssociation': identified('rtbassoc', 'Id', [
    'RouteTableId',
    'SubnetId',
  ]),
  'AWS::EC2::VPC': identified(
    'vpc',
    'VpcId',
    ['CidrBlock', 'EnableDnsHostnames', 'EnableDnsSupport', 'InstanceTenancy', 'Tags'],
    ['CidrBlock'],
    (id, { CidrBlock }) => ({
      CidrBlock,
      CidrBlockAssociations: [idOf('vpc-cidr-assoc', id)],
      DefaultSecurityGroup: idOf('sg', id),
      DefaultNetworkAcl: idOf('acl', id),
      Ipv6CidrBlocks: [],
    }),
  ),
  'AWS::EC2::VPCGatewayAttachment': recorded({
    properties: ['InternetGatewayId', 'VpcId', 'VpnGatewayId'],
  }),
}
