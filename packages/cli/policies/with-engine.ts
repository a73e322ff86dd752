import type { PolicyEngine } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers/policies';

/** Works with an engine whose one thread starts at once, and ends with the work. */
export const withEngine = async <T>(work: (engine: PolicyEngine) => Promise<T>): Promise<T> => {
  const engine = createPolicyEngine({ threads: 1, eager: true });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
};
