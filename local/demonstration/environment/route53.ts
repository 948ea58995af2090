import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import type { Example, SlotName } from './environment.ts'
import { outputsOf } from './outputs.ts'

const STACK = 'SluiceExampleRoute53'

/** A load balancer for each slot, behind weighted records of one name. */
export const route53Example: Example = {
  stack: STACK,
  find({ route53 }, outputs) {
    const output = outputsOf(STACK, outputs)
    const zone = output('HostedZoneId')
    const host = output('RecordName')
    return {
      router: 'route53',
      stack: STACK,
      canary: output('CanaryName'),
      cluster: output('ClusterName'),
      services: { blue: output('BlueServiceName'), green: output('GreenServiceName') },
      host,
      entrance: { kind: 'name', listener: output('BlueListenerArn') },
      async readWeights() {
        const { ResourceRecordSets = [] } = await route53.send(
          new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
        )
        // Where there are A and AAAA, one number would hide that they do not agree.
        const weightOf = (slot: SlotName) => {
          const own = ResourceRecordSets.filter(({ SetIdentifier }) => SetIdentifier === slot)
          const [weight = 0, ...others] = own.map(({ Weight = 0 }) => Weight)
          if (others.every((other) => other === weight)) return weight
          throw new Error(
            `${host}: records of ${slot} have weights ${[weight, ...others].join(', ')}`,
          )
        }
        return { blue: weightOf('blue'), green: weightOf('green') }
      },
      commands: [`route53 list-resource-record-sets --hosted-zone-id ${zone}`],
    }
  },
}
