import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyLimits, PolicySource } from '@causeway/contracts';
import { PlatformError, toPlatformError } from '@causeway/model/errors';
import { subjectOfTexts } from '../policy-documents/subject-texts.ts';
import type { LoadedPolicy, LoadPolicy } from './loaded-policy.ts';
import { type Answer, failed, type Job, type PolicyNumber, type Question, type Said } from './messages.ts';
import { ThreadLost } from './thread-lost.ts';

// What a thread of policies runs: it answers one job at a time, and notes in `progress` how many policies it has begun and
// whether it is judging by one, so that it can be told from outside at which one it stands still.

const port = parentPort!;
const progress = new Int32Array(workerData.progress as SharedArrayBuffer);

const engines: Readonly<Record<PolicySource['engine'], () => Promise<LoadPolicy>>> = {
  rego: async () => (await import('../policy-rego/load-rego.ts')).loadRego,
  cel: async () => (await import('../policy-cel/load-cel.ts')).loadCel,
  kyverno: async () => (await import('../policy-kyverno/load-kyverno.ts')).loadKyverno,
};

const sources = new Map<PolicyNumber, PolicySource>();
const loaded = new Map<PolicyNumber, LoadedPolicy>();

const load = async (source: PolicySource): Promise<LoadedPolicy> => (await engines[source.engine]())(source);

const loadKnown = async (number: PolicyNumber): Promise<LoadedPolicy> => {
  const policy = await load(sources.get(number)!);
  loaded.set(number, policy);
  return policy;
};

const none = {};

const reasonOf = (error: unknown): string => {
  const { message } = toPlatformError(error);
  return /call stack/.test(message) ? 'the document cannot be judged: it is nested too deeply' : message;
};

const evaluateAll = async (
  { asked, trace = false, ...texts }: Question,
  limits: PolicyLimits,
  said: Said[],
): Promise<void> => {
  const subject = subjectOfTexts(texts);
  for (const one of asked) {
    const [number, parameters] = typeof one === 'number' ? [one, none] : one;
    Atomics.add(progress, 0, 1);
    try {
      const policy = loaded.get(number) ?? (await loadKnown(number));
      Atomics.store(progress, 1, 1);
      const evaluation = policy.evaluate(subject, parameters, { trace, limits });
      const { findings, error, microseconds } = evaluation;
      said.push(findings.length === 0 && !error && !trace ? microseconds : evaluation);
    } catch (error) {
      if (error instanceof ThreadLost) throw error;
      said.push(failed({ message: reasonOf(error) }));
    } finally {
      Atomics.store(progress, 1, 0);
    }
  }
};

const answer = async (job: Job, said: Said[]): Promise<Answer> => {
  if (job.do === 'evaluate') {
    for (const [number, source] of job.sources) sources.set(number, source);
    for (const question of job.questions) await evaluateAll(question, job.limits, said);
    return { said };
  }
  const policy = await load(job.source);
  if (job.do === 'load') {
    sources.set(job.number, job.source);
    loaded.set(job.number, policy);
    return { outline: policy.outline };
  }
  if (policy.test) return { report: policy.test() };
  throw new PlatformError('Invalid', `Policies in ${job.source.engine} have no tests of their own`, {
    next: 'Write golden cases for it, in tests.yaml.',
  });
};

port.on('message', async (job: Job) => {
  const said: Said[] = [];
  try {
    port.postMessage(await answer(job, said));
  } catch (error) {
    if (error instanceof ThreadLost) {
      const { message, limit } = error;
      port.postMessage({ lost: { message, ...(limit ? { limit } : {}) }, said } satisfies Answer);
      port.close();
      return;
    }
    const { code, message, next, evidence, causes } = toPlatformError(error);
    port.postMessage({ error: { code, message, next, evidence, causes } } satisfies Answer);
  }
});
