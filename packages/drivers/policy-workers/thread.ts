import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyEvaluation, PolicySource } from '@causeway/contracts';
import { PlatformError, toPlatformError } from '@causeway/model/errors';
import type { LoadedPolicy, LoadPolicy } from './loaded-policy.ts';
import type { Answer, Job } from './messages.ts';
import { ThreadLost } from './thread-lost.ts';

// What a thread of policies runs: it answers one job at a time, and counts in `progress` the policies it has begun, so
// that it can be told from outside at which one it stands still.

const port = parentPort!;
const progress = new Int32Array(workerData.progress as SharedArrayBuffer);

const engines: Readonly<Record<PolicySource['engine'], () => Promise<LoadPolicy>>> = {
  rego: async () => (await import('../policy-rego/load-rego.ts')).loadRego,
  cel: async () => (await import('../policy-cel/load-cel.ts')).loadCel,
  kyverno: async () => (await import('../policy-kyverno/load-kyverno.ts')).loadKyverno,
};

const sources = new Map<string, PolicySource>();
const loaded = new Map<string, LoadedPolicy>();

const load = async (source: PolicySource): Promise<LoadedPolicy> => (await engines[source.engine]())(source);

const loadKnown = async (digest: string): Promise<LoadedPolicy> => {
  const policy = await load(sources.get(digest)!);
  loaded.set(digest, policy);
  return policy;
};

const evaluateAll = async (
  { asked, subject, trace, limits }: Extract<Job, { do: 'evaluate' }>,
  evaluations: PolicyEvaluation[],
): Promise<void> => {
  for (const { digest, parameters = {} } of asked) {
    Atomics.add(progress, 0, 1);
    try {
      const policy = loaded.get(digest) ?? (await loadKnown(digest));
      evaluations.push(policy.evaluate(subject, parameters, { trace, limits }));
    } catch (error) {
      if (error instanceof ThreadLost) throw error;
      evaluations.push({ findings: [], error: { message: toPlatformError(error).message }, microseconds: 0 });
    }
  }
};

const answer = async (job: Job, evaluations: PolicyEvaluation[]): Promise<Answer> => {
  if (job.do === 'evaluate') {
    for (const [digest, source] of job.sources) sources.set(digest, source);
    await evaluateAll(job, evaluations);
    return { evaluations };
  }
  const policy = await load(job.source);
  if (job.do === 'load') {
    sources.set(job.digest, job.source);
    loaded.set(job.digest, policy);
    return { outline: policy.outline };
  }
  if (policy.test) return { report: policy.test() };
  throw new PlatformError('Invalid', `Policies in ${job.source.engine} have no tests of their own`, {
    next: 'Write golden cases for it, in tests.yaml.',
  });
};

port.on('message', async (job: Job) => {
  const evaluations: PolicyEvaluation[] = [];
  try {
    port.postMessage(await answer(job, evaluations));
  } catch (error) {
    if (error instanceof ThreadLost) {
      const { message, limit } = error;
      port.postMessage({ lost: { message, ...(limit ? { limit } : {}) }, evaluations } satisfies Answer);
      port.close();
      return;
    }
    const { code, message, next, evidence, causes } = toPlatformError(error);
    port.postMessage({ error: { code, message, next, evidence, causes } } satisfies Answer);
  }
});
