import type { PolicyEngine } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { digestOf } from '@causeway/policy';
import { loadCel } from '../../../drivers/policy-cel/load-cel.ts';
import type { LoadedPolicy } from '../../../drivers/policy-workers/loaded-policy.ts';

const limits = { milliseconds: 100, megabytes: 64 };

/** CEL as it is, in the thread of the test. */
export const celEngine = (): PolicyEngine => {
  const loaded = new Map<string, LoadedPolicy>();
  return {
    async load(source) {
      const digest = digestOf(source);
      const policy = loadCel(source);
      loaded.set(digest, policy);
      return { ...policy.outline, digest };
    },
    evaluate: async (asked, subject, { trace = false } = {}) =>
      asked.map(
        ({ digest, parameters = {} }) =>
          loaded.get(digest)?.evaluate(subject, parameters, { trace, limits }) ?? {
            findings: [],
            error: { message: 'it is not loaded' },
            microseconds: 0,
          },
      ),
    test: async () => {
      throw new PlatformError('Invalid', 'CEL has no tests of its own');
    },
    close: async () => {},
  };
};
