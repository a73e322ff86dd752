import { sampleEnvironments } from './sample-environments.ts';
import {
  before,
  build,
  commitOf,
  condition,
  push,
  release,
  replica,
  rollout,
  type Sample,
  service,
  serving,
  steps,
  succeeded,
  team,
} from './sample-objects.ts';

const hour = 3600;
const day = 24 * hour;

const paymentsApi = (now: number): Sample[] => {
  const at = (seconds: number) => before(now, seconds);
  const start = (seconds: number) => now - seconds * 1000;
  return [
    service(
      'payments',
      'payments-api',
      at(41 * day),
      {
        phase: 'Running',
        release: 'payments-api.7',
        commit: commitOf(7),
        ...push(7, 'ada', at(190)),
        ...condition('True', 'Serving', 'payments-api.7 serves.', at(188)),
      },
      { description: 'Takes payments and tells the ledger.' },
    ),
    build('payments', 'payments-api', 7, 'ada', at(190), {
      ...succeeded(start(189.9), {
        checkout: 0.02,
        detect: 0.01,
        install: 0,
        build: 0.06,
        test: 0.41,
        package: 0.03,
      }),
    }),
    build('payments', 'payments-api', 6, 'grace', at(5 * hour), {
      phase: 'Failed',
      steps: steps(
        start(5 * hour),
        { checkout: 0.02, detect: 0.01, install: 4.1, build: 0.4, test: 2.3 },
        'test',
      ),
      failure: {
        code: 'TestsFailed',
        message: '1 of 14 tests failed.',
        evidence: ['✖ refunds keep the currency (3.1 ms)', "  Expected 'EUR', got 'USD'"],
        next: 'Correct the tests and push again; spec.build.test.enabled: false switches them off.',
      },
      startedAt: at(5 * hour),
      finishedAt: at(5 * hour - 6.83),
    }),
    build(
      'payments',
      'payments-api',
      5,
      'ada',
      at(2 * day),
      succeeded(start(2 * day), {
        checkout: 0.02,
        detect: 0.01,
        install: 5.2,
        build: 0.5,
        test: 1.9,
        package: 0.3,
      }),
    ),
    release('payments', 'payments-api', 7, 'ada', at(189)),
    release('payments', 'payments-api', 5, 'ada', at(2 * day)),
    release('payments', 'payments-api', 4, 'grace', at(9 * day)),
    rollout('payments', 'payments-api', 7, 'ada', at(41 * day), serving('payments-api', 7, at(188.6))),
    replica('payments', 'payments-api', 7, 'web', at(189), {
      phase: 'Ready',
      readyAt: at(188.7),
      restarts: 0,
    }),
    replica('payments', 'payments-api', 7, 'worker', at(189), {
      phase: 'Ready',
      readyAt: at(188.9),
      restarts: 2,
    }),
  ];
};

const checkout = (now: number): Sample[] => {
  const at = (seconds: number) => before(now, seconds);
  const failure = {
    code: 'NotListening' as const,
    message: 'web.0 did not listen on port 41873 within 60 s.',
    evidence: [
      'server starting',
      'Error: connect ECONNREFUSED 127.0.0.1:5432',
      '    at TCPConnectWrap.afterConnect',
    ],
    next: 'Listen on the port in the PORT variable, or set spec.http.port.',
  };
  return [
    service('shop', 'checkout', at(3 * day), {
      phase: 'Running',
      release: 'checkout.2',
      ...push(3, 'linus@example.com', at(900)),
      failure,
      ...condition(
        'True',
        'ServingPrevious',
        `checkout.2 serves; what came after failed: ${failure.message}`,
        at(840),
      ),
    }),
    build(
      'shop',
      'checkout',
      3,
      'linus@example.com',
      at(900),
      succeeded(now - 900_000, { checkout: 0.02, detect: 0.01, install: 1.4, build: 0.2, package: 0.1 }),
    ),
    release('shop', 'checkout', 3, 'linus@example.com', at(890)),
    release('shop', 'checkout', 2, 'ada', at(2 * day)),
    rollout('shop', 'checkout', 3, 'linus@example.com', at(3 * day), {
      ...serving('checkout', 2, at(2 * day)),
      phase: 'Failed',
      failed: { release: 'checkout.3', configuration: 'c3', sequence: 3, attempt: 1, failure },
      ...condition('False', failure.code, `checkout.3 did not start: ${failure.message}`, at(840)),
    }),
    replica('shop', 'checkout', 2, 'web', at(2 * day), { phase: 'Ready', readyAt: at(2 * day), restarts: 0 }),
  ];
};

/** A small organisation: a healthy service, one whose newest change failed, one being built, one not yet pushed to. */
export const samplePlatform = (now: number): Sample[] => [
  team(
    'payments',
    before(now, 90 * day),
    {
      displayName: 'Payments',
      description: 'Money in, money out.',
      onCall: 'https://example.com/rotations/payments',
      costCenter: 'CC-4711',
      members: [
        { user: 'ada', role: 'owner' },
        { user: 'grace', role: 'developer' },
      ],
    },
    2,
  ),
  team('shop', before(now, 30 * day), { members: [{ user: 'linus@example.com', role: 'developer' }] }, 2),
  ...paymentsApi(now),
  ...checkout(now),
  service('payments', 'ledger', before(now, 2 * hour), {
    phase: 'Building',
    ...push(1, 'grace', before(now, 4)),
    ...condition('False', 'Building', 'ledger.1 is being built.', before(now, 4)),
  }),
  build('payments', 'ledger', 1, 'grace', before(now, 4), {
    phase: 'Running',
    steps: [
      ...steps(now - 4000, { checkout: 0.02, detect: 0.01 }),
      { name: 'install', state: 'Running', startedAt: before(now, 3.9) },
    ],
    startedAt: before(now, 4),
  }),
  service('shop', 'new-idea', before(now, 50), {
    phase: 'Pending',
    ...condition('False', 'WaitingForPush', 'Nothing has been pushed yet.', before(now, 50)),
  }),
  ...sampleEnvironments(now),
];
