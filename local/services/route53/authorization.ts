import type {
  ChangeResourceRecordSetsRequest,
  DeleteHostedZoneRequest,
  GetChangeRequest,
  GetHostedZoneRequest,
  ListResourceRecordSetsRequest,
  UpdateHostedZoneCommentRequest,
} from '@aws-sdk/client-route-53'
import { type Authorization, on, onAll } from '../../wire/authorization.ts'

const zone = (id: string | undefined): string =>
  `arn:aws:route53:::hostedzone/${(id ?? '').replace(/^\/?hostedzone\//, '')}`

/**
 * A record's name as the condition key has it: lower case, without its last dot, and every character but letters,
 * digits, `_`, `-` and `.` by its octal number.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export const normalizedName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\\[0-7]{3}|[^a-z0-9_.-]/g, (given) =>
      given.length > 1 ? given : `\\${given.charCodeAt(0).toString(8).padStart(3, '0')}`,
    )

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html */
export const authorization: Authorization = {
  CreateHostedZone: () => onAll('route53:CreateHostedZone'),
  GetHostedZone: ({ Id: id }: GetHostedZoneRequest) => on('route53:GetHostedZone', zone(id)),
  DeleteHostedZone: ({ Id: id }: DeleteHostedZoneRequest) =>
    on('route53:DeleteHostedZone', zone(id)),
  UpdateHostedZoneComment: ({ Id: id }: UpdateHostedZoneCommentRequest) =>
    on('route53:UpdateHostedZoneComment', zone(id)),
  ListHostedZones: () => onAll('route53:ListHostedZones'),
  ListHostedZonesByName: () => onAll('route53:ListHostedZonesByName'),
  ChangeResourceRecordSets: (input: ChangeResourceRecordSetsRequest) => {
    const changes = input.ChangeBatch?.Changes ?? []
    const each = (of: (change: (typeof changes)[number]) => string | undefined) => [
      ...new Set(changes.map((change) => of(change) ?? '')),
    ]
    return on('route53:ChangeResourceRecordSets', zone(input.HostedZoneId), {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': each((change) =>
        normalizedName(change.ResourceRecordSet?.Name ?? ''),
      ),
      'route53:ChangeResourceRecordSetsRecordTypes': each(
        (change) => change.ResourceRecordSet?.Type,
      ),
      'route53:ChangeResourceRecordSetsActions': each((change) => change.Action),
    })
  },
  ListResourceRecordSets: ({ HostedZoneId: id }: ListResourceRecordSetsRequest) =>
    on('route53:ListResourceRecordSets', zone(id)),
  GetChange: ({ Id: id }: GetChangeRequest) =>
    on('route53:GetChange', `arn:aws:route53:::change/${(id ?? '').replace(/^\/?change\//, '')}`),
}
