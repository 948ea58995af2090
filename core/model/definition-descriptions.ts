/**
 * What each field means, in a sentence or two, for editors. By its path; `*` stands for a slot, a point of hooks or a
 * type of checks, where the field means the same in all of them.
 */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  canary: 'The name: of the canary, its rollouts and their executions.',
  live: 'Which slot has the traffic when the canary is new. Promotions swap it; this is not read again.',
  role: 'ARN of the role that the controller’s functions assume to reach what this definition names.',
  slots: 'The two places a version can run in. Their names never change, their roles do.',
  'slots.blue': 'An ECS service and its place in the router.',
  'slots.green': 'An ECS service and its place in the router.',
  'slots.*.cluster': 'The ECS cluster, by name or ARN.',
  'slots.*.service': 'The ECS service, by name or ARN. Each slot has its own.',
  'slots.*.targetGroup':
    'ARN of the target group. Needed by the alb router, and by checks of targets and of load balancers.',
  'slots.*.loadBalancer':
    'ARN of the load balancer in front of the slot, for its metrics; that of the router’s rule or listener unless told.',
  'slots.*.setIdentifier':
    'SetIdentifier of the slot’s weighted records; the slot’s name unless told.',
  router: 'What splits the traffic. Sluice changes its two weights and nothing else.',
  'router.alb.type': 'A rule of an Application Load Balancer, or a listener’s default action.',
  'router.alb.rule': 'ARN of the listener rule that forwards to both target groups.',
  'router.alb.listener':
    'ARN of the listener whose default action forwards to both target groups, in place of a rule.',
  'router.route53.type': 'Weighted records of Route 53.',
  'router.route53.hostedZone': 'Id of the hosted zone.',
  'router.route53.record': 'The records’ name, such as api.example.com.',
  'router.route53.aliasTtl':
    'How long clients keep an answer whose record is an alias; 60s unless told.',
  plan: 'The way from nothing to all: steps, a preset with its numbers, or a plan’s name.',
  'plan.weight':
    'The candidate’s share in percent, with at most one decimal. Weights rise, and the last is 100.',
  'plan.bake': 'How long the step bakes while the checks are looked at.',
  'plan.approval': 'Whether a person is asked before any traffic moves to this step.',
  'plan.preset': 'How the weights rise.',
  'plan.step': 'The first weight in percent; of linear, each step’s rise.',
  strategy:
    'In place of a plan: fills in the steps, and what else belongs to them. A name, or its type with numbers.',
  'strategy.quick-sync.type':
    'All of the traffic as soon as the candidate is ready, and watched there.',
  'strategy.blue-green.type':
    'A time to test it without traffic, then all of the traffic at once; the old slot stays warm for a while.',
  'strategy.blue-green.testWindow': 'How long it stands ready without traffic.',
  'strategy.blue-green.keepWarm': 'How long the old slot keeps its tasks after the promotion.',
  'strategy.canary.type': 'A small share first, then all of the traffic.',
  'strategy.linear.type': 'Equal steps up to all of the traffic.',
  'strategy.*.step': 'The share of the first step in percent; of linear, each step’s rise.',
  'strategy.*.bake': 'How long each step bakes.',
  checks: 'What is looked at during a bake; unless told, what the slots allow.',
  'checks.*.name': 'What the check is called. Of several of one type each needs its own.',
  'checks.*.effect':
    'required: a fail fails back and every step needs its pass. veto: a fail fails back, and no answer holds nobody up. advisory: it is looked at and told.',
  'checks.*.interval': 'How often it is run; at every look unless told.',
  'checks.ecs.type': 'Does the candidate’s service run its tasks, and do they stay alive?',
  'checks.ecs.maxStoppedTasks': 'Tasks that may die during the rollout, failed starts included.',
  'checks.ecs.maxStartFailures': 'Of these, tasks that may fail to start.',
  'checks.targets.type': 'Are enough targets of the candidate’s target group healthy?',
  'checks.targets.minHealthy': 'Share of the targets that must be healthy, in percent.',
  'checks.alarms.type': 'CloudWatch alarms, metric and composite ones.',
  'checks.alarms.alarms': 'Names of the alarms.',
  'checks.alarms.alreadyFiring':
    'What follows from an alarm that fires before the rollout: refuse it, or ignore the alarm until it has been OK again.',
  'checks.http.type': 'Requests to the candidate, made by the function that assesses.',
  'checks.http.url': 'One URL with a placeholder for the slot in it, or one for each slot.',
  'checks.http.url.blue': 'The URL that reaches blue.',
  'checks.http.url.green': 'The URL that reaches green.',
  'checks.http.method': 'The request’s method.',
  'checks.http.headers': 'The request’s headers. Whoever reads the table reads them: no secrets.',
  'checks.http.body': 'The request’s body.',
  'checks.http.expect': 'What a good answer is.',
  'checks.http.expect.status': 'Statuses, such as 204 or "200-299".',
  'checks.http.expect.body': 'A text that the first 64 KB of the body must contain.',
  'checks.http.expect.latency': 'Longest time until the whole body has come.',
  'checks.http.samples': 'Requests at each look.',
  'checks.http.maxFailures': 'Of these, how many may fail.',
  'checks.http.timeout': 'Longest time to wait for one answer.',
  'checks.metric.type': 'A CloudWatch metric of the candidate against a threshold.',
  'checks.metric.source': 'The metric.',
  'checks.metric.per': 'Divides the metric: 5xx per requests is a rate.',
  'checks.metric.math': 'CloudWatch’s metric math, in place of source and per.',
  'checks.metric.math.expression':
    'One time series out of the metrics’ ids: FILL(errors, 0) / requests * 100.',
  'checks.metric.math.metrics': 'The metrics of the expression, by id.',
  'checks.metric.math.sample': 'Id of the metric that counts the sample, for minimumSample.',
  'checks.metric.combine': 'How the points of an expression become one value.',
  'checks.metric.above': 'The check fails when the value is above this.',
  'checks.metric.below': 'The check fails when the value is below this.',
  'checks.metric.window': 'How much data is looked at, back from now.',
  'checks.metric.period': 'CloudWatch’s period: 1s, 5s, 10s, 20s, 30s or whole minutes.',
  'checks.metric.delay': 'How late the metric’s points are; younger ones are not looked at.',
  'checks.metric.minimumSample': 'Sample under which there is too little traffic to judge.',
  'checks.compare.type':
    'The candidate against the live slot, by the traffic that both get at the same time.',
  'checks.compare.bad': 'Counts bad requests of a slot; 5xx of its target group unless told.',
  'checks.compare.total': 'Counts all requests of a slot.',
  'checks.compare.slowerThan': 'Compares requests slower than this instead.',
  'checks.compare.latency': 'Response times for slowerThan; the target group’s unless told.',
  'checks.compare.unit': 'What latency is measured in.',
  'checks.compare.gauge':
    'Compares a metric that has no counts, such as CPU, period by period; higher is worse.',
  'checks.compare.alpha': 'Chance of failing a candidate that is no worse, over the whole rollout.',
  'checks.compare.tolerance':
    'How many times as bad as live the candidate may be and still count as no worse.',
  'checks.compare.period': 'CloudWatch’s period: 1s, 5s, 10s, 20s, 30s or whole minutes.',
  'checks.compare.delay': 'How late the metrics’ points are; younger ones are awaited.',
  'checks.compare.minimumSample':
    'Requests of each slot at a step under which there is too little traffic to judge; of a gauge, periods.',
  'checks.compare.threshold':
    'Where live has no traffic to compare with: share of bad requests in percent, of a gauge the value, that fails the candidate.',
  'checks.custom.type': 'A Lambda function’s own opinion.',
  'checks.custom.function': 'ARN of the function.',
  'checks.custom.input': 'Handed to the function as it stands.',
  'checks.custom.timeout': 'Longest time to wait for one answer.',
  'checks.custom.deadline': 'How long it may stay in-progress; then it counts as an error.',
  'checks.custom.onError': 'What an invocation that fails counts as.',
  '*.namespace': 'The metric’s namespace in CloudWatch.',
  '*.metric': 'The metric’s name.',
  '*.dimensions':
    'The metric’s dimensions. Values may have placeholders of the slot: slot, cluster, service, targetGroup, loadBalancer.',
  '*.statistic': 'CloudWatch’s statistic: Sum, Average, p99, …',
  interval: 'How often the checks are looked at during a bake.',
  ready: 'How the candidate is waited for before it gets any traffic.',
  'ready.timeout': 'How long it may take until it is steady and healthy.',
  capacity: 'Whether the candidate runs enough tasks for its next share of the traffic.',
  'capacity.policy':
    'wait: the step up waits for them. scale: the desired count and the autoscaling minimum are raised, and given back after a fail back. off: nobody looks.',
  'capacity.deadline': 'How long is waited before the rollout fails back.',
  scaleDown: 'What becomes of the old slot’s tasks after a promotion; they stay unless told.',
  'scaleDown.after': 'How long it keeps them: the way back.',
  'scaleDown.to': 'How many it then has; its autoscaling minimum goes down with them.',
  onNewRevision:
    'What a newer revision does to a rollout: supersede ends it at once, queue and reject at its next change of traffic; after reject the newer one is not rolled out.',
  maxExtension: 'How much longer than its bake a step may take to get a clear answer.',
  onInconclusive:
    'What follows without a clear answer: a person is asked, the rollout fails back, or the step passes.',
  promoteEarly: 'Leaves a step before its bake is over, once every comparison is sure.',
  'promoteEarly.bound': 'How many times live’s rate of bad requests the candidate may have.',
  'promoteEarly.minimumBake': 'No step is left sooner.',
  hooks: 'Lambda functions of a team’s own, asked at points of a rollout.',
  'hooks.beforeTraffic': 'Asked once the candidate is ready, before it gets any traffic.',
  'hooks.afterStep': 'Asked once a step is passed, before the next one.',
  'hooks.beforePromote': 'Asked once the last step is passed.',
  'hooks.afterFailBack': 'Asked once the routing is restored; changes nothing any more.',
  'hooks.*.name': 'What the hook is called.',
  'hooks.*.function': 'ARN of the function.',
  'hooks.*.input': 'Handed to the function as it stands.',
  'hooks.*.timeout': 'Longest time to wait for one answer.',
  'hooks.*.deadline': 'How long it may stay in-progress, from its first invocation on.',
  'hooks.*.retries': 'How often it is asked again after it failed.',
  'hooks.*.onFailure': 'What follows when it has not answered after all of that.',
  testWindow:
    'How long the ready candidate stands without traffic, for people to try it, before the first shift.',
  approval: 'How a person is asked, before steps with approval and before the promotion.',
  'approval.beforePromote': 'Whether a person is asked before the promotion.',
  'approval.timeout': 'How long is waited for an answer.',
  'approval.onTimeout':
    'What follows without one: the rollout fails back, or goes on as if approved.',
  freeze: 'When no step up happens; failing back is never frozen.',
  'freeze.cron': 'When it begins: minute, hour, day of the month, month, day of the week.',
  'freeze.duration': 'How long it lasts each time.',
  'freeze.from': 'In place of a cron: when it begins, as 2026-12-24 or 2026-12-24T18:00.',
  'freeze.to': 'The first moment after it.',
  'freeze.timezone': 'What its times are told in, as Europe/Berlin.',
  holdTimeout: 'How long a held rollout waits for a person before it fails back.',
  maxErrors: 'Looks in a row that may end in a provider’s error.',
  keepRecords: 'How long the table keeps the record of an ended rollout.',
}

/** @param path from the definition's root: `['checks', 'http', 'url']`. */
export function describeField(path: readonly string[]): string | undefined {
  const [first, , ...rest] = path
  const anywhere = `*.${path.at(-1)}`
  const alike = rest.length > 0 ? `${first}.*.${rest.join('.')}` : ''
  return DESCRIPTIONS[path.join('.')] ?? DESCRIPTIONS[alike] ?? DESCRIPTIONS[anywhere]
}

/** Every path that is described, for a test that none is of a field that is gone. */
export const DESCRIBED: readonly string[] = Object.keys(DESCRIPTIONS)
