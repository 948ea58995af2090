import { Stack } from 'aws-cdk-lib'
import {
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { FUNCTIONS } from '../function-names.ts'
import type { ControllerParts } from './controller-alarms.ts'
import { controllerMetric, metricOfEach, PERIOD, waitingIn } from './controller-metrics.ts'

/** What one wants to see of all rollouts, and of the controller itself. */
export function createDashboard(scope: Construct, parts: ControllerParts): Dashboard {
  const { controllerName, functions, workflow, deadLetters } = parts
  return new Dashboard(scope, 'Dashboard', {
    // Dashboards are an account's and not a region's.
    dashboardName: `${controllerName}-${Stack.of(scope).region}`,
    widgets: [
      [
        graph('Rollouts by outcome', [
          controllerMetric('RolloutStarted'),
          controllerMetric('Promoted'),
          controllerMetric('FailedBack'),
        ]),
        graph("Candidates' weight, in percent", [metricOfEach('Weight', Stats.AVERAGE)], {
          leftYAxis: { min: 0, max: 100 },
        }),
      ],
      [
        graph('Verdicts', [
          controllerMetric('VerdictPassed'),
          controllerMetric('VerdictFailed'),
          controllerMetric('VerdictInconclusive'),
          controllerMetric('VerdictError'),
        ]),
        graph('From the decision to fail back until it is verified, in seconds', [
          controllerMetric('FailBackSeconds', Stats.AVERAGE),
          controllerMetric('FailBackSeconds', Stats.MAXIMUM),
        ]),
      ],
      [
        graph("The controller's errors", [
          controllerMetric('FunctionFailed'),
          controllerMetric('FailBackFailed'),
          controllerMetric('Recovering'),
          ...FUNCTIONS.map((name) => functions[name].metricErrors({ period: PERIOD, label: name })),
        ]),
        graph('What was given up, and what was throttled', [
          ...Object.entries(deadLetters).map(([label, queue]) => waitingIn(queue).with({ label })),
          workflow.metricThrottled({ period: PERIOD }),
        ]),
      ],
    ],
  })
}

function graph(title: string, left: IMetric[], more: GraphWidgetProps = {}): GraphWidget {
  return new GraphWidget({ title, left, width: 12, ...more })
}
