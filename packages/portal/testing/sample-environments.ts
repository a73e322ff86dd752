import type { ChangeRequest, Environment, EnvironmentRequest } from '@causeway/model';
import { before, commitOf, condition, metadata, type Sample } from './sample-objects.ts';

const hour = 3600;
const day = 24 * hour;
const apiVersion = 'causeway.dev/v1';

export const environment = (
  namespace: string,
  name: string,
  at: string,
  spec: Partial<Environment['spec']>,
  status: NonNullable<Environment['status']>,
): Environment => ({
  apiVersion,
  kind: 'Environment',
  metadata: metadata('Environment', name, namespace, at),
  spec: { type: 'requested', deploys: 'push', ...spec },
  status,
});

export const environmentRequest = (
  namespace: string,
  name: string,
  at: string,
  spec: EnvironmentRequest['spec'],
  status: NonNullable<EnvironmentRequest['status']>,
): EnvironmentRequest => ({
  apiVersion,
  kind: 'EnvironmentRequest',
  metadata: metadata('EnvironmentRequest', name, namespace, at),
  spec,
  status,
});

export const changeRequest = (
  namespace: string,
  service: string,
  number: number,
  at: string,
  spec: Pick<ChangeRequest['spec'], 'title' | 'source' | 'author'> & Partial<ChangeRequest['spec']>,
  status: NonNullable<ChangeRequest['status']>,
): ChangeRequest => ({
  apiVersion,
  kind: 'ChangeRequest',
  metadata: metadata('ChangeRequest', `${service}.${number}`, namespace, at),
  spec: { service, number, target: 'main', closed: false, ...spec },
  status,
});

const urlOf = (service: string, name: string, team: string): string =>
  `http://${service}.${name}.${team}.localhost:7080`;

const readyOne = (now: number): Sample[] => {
  const at = (seconds: number) => before(now, seconds);
  const urls = {
    'payments-api': urlOf('payments-api', 'payments-staging', 'payments'),
    ledger: urlOf('ledger', 'payments-staging', 'payments'),
  };
  const spec = {
    purpose: 'integration-test',
    lifetime: '14d',
    region: 'eu-central-1',
    dataClassification: 'internal',
    services: [{ name: 'payments-api', replicas: 2 }, { name: 'ledger' }],
  };
  const status = {
    phase: 'Ready' as const,
    urls,
    expiresAt: before(now, -13 * day),
    readyAfterMs: 1040,
    progress: [
      {
        name: 'payments-api',
        step: 'Serving' as const,
        since: at(day),
        message: 'payments-api.7 serves.',
        commit: commitOf(7),
        release: 'payments-api.7',
        url: urls['payments-api'],
      },
      {
        name: 'ledger',
        step: 'Serving' as const,
        since: at(day),
        message: 'ledger.1 serves.',
        commit: commitOf(1),
        release: 'ledger.1',
        url: urls.ledger,
      },
    ],
    ...condition('True', 'Ready', 'payments-api, ledger serve.', at(day)),
  };
  return [
    environmentRequest('payments', 'payments-staging', at(day), { owner: 'payments', ...spec }, status),
    environment(
      'payments',
      'payments-staging',
      at(day),
      { ...spec, request: 'payments-staging' },
      { ...status, services: 2 },
    ),
  ];
};

const failedOne = (now: number): Sample[] => {
  const at = (seconds: number) => before(now, seconds);
  const spec = { lifetime: '3d', services: [{ name: 'checkout' }, { name: 'new-idea' }] };
  const message = 'checkout.3 did not start: web.0 ended with exit code 1.';
  const status = {
    phase: 'Degraded' as const,
    expiresAt: before(now, -1.5 * hour),
    progress: [
      {
        name: 'checkout',
        step: 'Failed' as const,
        since: at(40),
        message,
        failure: {
          code: 'ProcessExited' as const,
          message: 'web.0 ended with exit code 1 after 0.4 s.',
          evidence: ['Error: DATABASE_URL is not set', '    at start (server.js:3:9)'],
          next: 'Set what it needs in the environment: `spec.variables`.',
        },
      },
      {
        name: 'new-idea',
        step: 'Building' as const,
        since: at(42),
        message: 'Waits for the build new-idea.1: install.',
      },
    ],
    ...condition('False', 'ProcessExited', `checkout: ${message}`, at(40)),
  };
  return [
    environmentRequest('shop', 'try-it', at(60), spec, status),
    environment('shop', 'try-it', at(60), { ...spec, request: 'try-it' }, { ...status, services: 0 }),
  ];
};

const goneOne = (now: number): Sample[] => [
  environmentRequest(
    'payments',
    'demo',
    before(now, 9 * day),
    { purpose: 'demo', lifetime: '7d', services: [{ name: 'payments-api' }] },
    {
      phase: 'Gone',
      expiresAt: before(now, 2 * day),
      gone: { at: before(now, 2 * day), reason: 'Expired' },
      ...condition(
        'False',
        'Expired',
        'Its time was over, and nothing of it is left. To have it again: platform env recreate demo',
        before(now, 2 * day),
      ),
    },
  ),
];

const openChange = (now: number): ChangeRequest => {
  const at = (seconds: number) => before(now, seconds);
  return changeRequest(
    'payments',
    'payments-api',
    12,
    at(2 * hour),
    {
      title: 'Ask for a staging environment, and round refunds half to even',
      description: 'Accounting reads the sums of a day.\nHalf up adds a cent for every two hundred refunds.',
      source: 'feature/staging',
      author: 'grace',
    },
    {
      phase: 'Open',
      head: commitOf(21),
      base: commitOf(7),
      target: commitOf(7),
      behind: 0,
      commits: [
        { commit: commitOf(21), subject: 'Round refunds half to even', author: 'Grace' },
        { commit: commitOf(20), subject: 'Ask for a staging environment', author: 'Grace' },
      ],
      files: [
        { path: 'platform/staging.yaml', added: 14, removed: 0 },
        { path: 'src/refunds.js', added: 3, removed: 1 },
      ],
      size: { commits: 2, files: 2, added: 17, removed: 1 },
      mergeable: { ready: false, message: 'review waits for the approval of ada (src/refunds.js)' },
      checks: [
        { name: 'plan', state: 'Passed', message: '1 to create; +3.20 EUR a month, estimated' },
        { name: 'policy', state: 'Passed', message: '11 rules passed' },
        { name: 'review', state: 'Pending', message: 'waits for the approval of ada (src/refunds.js)' },
      ],
      plan: {
        commit: commitOf(21),
        allowed: true,
        changes: [
          {
            action: 'create',
            kind: 'EnvironmentRequest',
            name: 'payments-staging',
            path: 'platform/staging.yaml',
            line: 1,
            monthlyCost: 3.2,
            warnings: ['policy environment-lifetime: 14d is long for integration-test (7d suffices mostly)'],
          },
          {
            action: 'change',
            kind: 'Service',
            name: 'payments-api',
            path: 'platform/service.yaml',
            fields: ['spec.replicas: 1 → 2'],
            monthlyCost: 1.6,
          },
        ],
        problems: [],
        policies: 11,
        cost: { currency: 'EUR', monthly: 4.8, teamMonthly: 41.5, budget: 60 },
        quota: [{ kind: 'environments', used: 3, limit: 5 }],
      },
      reviewers: ['ada'],
      approvals: [{ by: 'linus@example.com', at: at(hour), commit: commitOf(20) }],
      comments: [
        { by: 'ada', at: at(5000), text: 'Why fourteen days?', path: 'platform/staging.yaml', line: 6 },
        { by: 'grace', at: at(4000), text: 'The audit looks at it in the second week.' },
      ],
      environments: [
        {
          name: 'pr-12',
          state: 'ready after 2 s',
          url: urlOf('payments-api', 'pr-12', 'payments'),
          expiresAt: before(now, -3 * day),
        },
      ],
    },
  );
};

const mergedChange = (now: number): ChangeRequest => {
  const at = before(now, 3 * day);
  return changeRequest(
    'shop',
    'checkout',
    3,
    before(now, 4 * day),
    { title: 'Show the cart', source: 'cart', author: 'linus@example.com' },
    {
      phase: 'Merged',
      head: commitOf(3),
      base: commitOf(2),
      merged: { by: 'ada', at, commit: commitOf(4), method: 'squash' },
    },
  );
};

/** What git would say of the open change. */
export const sampleDiff = `diff --git a/platform/staging.yaml b/platform/staging.yaml
new file mode 100644
index 0000000..e69de29
--- /dev/null
+++ b/platform/staging.yaml
@@ -0,0 +1,5 @@
+apiVersion: causeway.dev/v1
+kind: EnvironmentRequest
+metadata:
+  name: payments-staging
+spec: {lifetime: 14d, services: [{name: payments-api, replicas: 2}, {name: ledger}]}
diff --git a/src/refunds.js b/src/refunds.js
index 1234567..89abcde 100644
--- a/src/refunds.js
+++ b/src/refunds.js
@@ -10,5 +10,7 @@ export const refund = amount => {
   const cents = amount * 100;
--- a line that looks like a header
-  return Math.round(cents) / 100;
+  const whole = Math.floor(cents);
+  const half = cents - whole === 0.5;
+  return (half && whole % 2 === 0 ? whole : Math.round(cents)) / 100;
++++ and one more
 };
 
`;

/** Environments in every state that looks different, a change request to decide and one that is merged. */
export const sampleEnvironments = (now: number): Sample[] => [
  environment(
    'payments',
    'production',
    before(now, 90 * day),
    { type: 'standing' },
    {
      phase: 'Standing',
      services: 1,
      urls: { 'payments-api': 'http://payments-api.localhost:7080' },
      ...condition('True', 'Standing', 'It is there until it is deleted.', before(now, 90 * day)),
    },
  ),
  ...readyOne(now),
  ...failedOne(now),
  ...goneOne(now),
  openChange(now),
  mergedChange(now),
];
