import type { Engine } from '@causeway/engine';
import { kinds } from '@causeway/model';
import { buildController } from '../../../packages/capabilities/delivery/build/build-controller.ts';
import { standingRolloutController } from '../../../packages/capabilities/delivery/promotion/standing-rollout-controller.ts';
import { releaseController } from '../../../packages/capabilities/delivery/release/release-controller.ts';
import { rolloutController } from '../../../packages/capabilities/delivery/rollout/rollout-controller.ts';
import { environmentController } from '../../../packages/capabilities/environments/environment/environment-controller.ts';
import { requestController } from '../../../packages/capabilities/environments/request/request-controller.ts';
import {
  type Capabilities,
  createPolicyRegistry,
  withCheckedRequests,
  withGuardedQuota,
  withPolicies,
} from '../../../packages/capabilities/index.ts';
import type { Machine } from '../core/machine.ts';
import type { Random } from '../core/random.ts';
import { branchCommit } from './place.ts';

export const offer = { regions: ['eu-central-1'], lifetime: '7d', longest: '90d' };

/** How long an answer from git or a webhook takes at most, milliseconds. */
const outsideMs = 50;

const running = new WeakMap<Engine, Capabilities>();

/** What runs on an engine of this world. */
export const capabilitiesOf = (engine: Engine): Capabilities => {
  const found = running.get(engine);
  if (!found) throw new Error('nothing runs on this engine');
  return found;
};

const none = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`no reconciler of this world asks for ${String(name)}`);
    },
  },
) as never;

/** Runs the reconcilers that bring environments, serve in them and end them, as on a server in production. */
export const runPlatform = (
  engine: Engine,
  machine: Machine,
  random: Random,
  log: (line: string) => void,
): void => {
  const { store, clock } = engine;
  const outside = (): Promise<void> =>
    new Promise(resolve => machine.deliver(random.between(0, outsideMs), resolve));
  const policyEngine = { load: none, evaluate: none, test: none, close: async () => {} };
  const registry = createPolicyRegistry({ engine, policyEngine, log });
  const guard: Capabilities['guard'] = unguarded =>
    withPolicies(withCheckedRequests(withGuardedQuota(unguarded, kinds), offer), {
      registry,
      policyEngine,
      decisions: engine.decisions,
      now: clock.now,
    });
  const capabilities: Capabilities = {
    engine,
    guard,
    guarded: guard(store),
    policyEngine,
    policies: registry,
    repositories: Object.assign(Object.create(none), {
      async resolve() {
        await outside();
        return branchCommit;
      },
    }),
    notifier: { notify: outside },
    addresses: { api: 'http://127.0.0.1:7070', gatewayPort: 7080, domain: 'localhost' },
    offer,
    probationMs: 500,
    bundles: none,
    changeSource: none,
    templates: none,
    visitor: none,
    logs: none,
  };
  running.set(engine, capabilities);
  engine.run(requestController(capabilities));
  engine.run(environmentController(capabilities));
  engine.run(buildController(capabilities));
  engine.run(releaseController(engine));
  engine.run(rolloutController(capabilities));
  engine.run(standingRolloutController(engine));
};
