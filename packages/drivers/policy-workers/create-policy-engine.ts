import { hash } from 'node:crypto';
import type {
  PolicyEngine,
  PolicyEvaluation,
  PolicyLimits,
  PolicyOutline,
  PolicySource,
} from '@causeway/contracts';
import { PlatformError } from '@causeway/model/errors';
import type { Asked, ErrorMessage, Job, Loss, NumberedPolicy, PolicyNumber, Said } from './messages.ts';
import type { Outcome, PolicyThread } from './policy-thread.ts';
import { ThreadPool } from './thread-pool.ts';

export interface PolicyEngineOptions {
  /** How many policies are judged at the same time, at most. Threads beyond the first are started when some have to wait. */
  readonly threads?: number;
  /** Whether a thread is started at once, for who knows that one will be needed soon. */
  readonly eager?: boolean;
  /** What one policy may use for one document. */
  readonly limits?: PolicyLimits;
}

const defaultLimits: PolicyLimits = { milliseconds: 2000, megabytes: 64 };

/** An engine keeps its own limit of time within its loops; what exceeds that in a single call is ended from outside. */
const patienceOf = ({ milliseconds }: PolicyLimits): number => 2 * milliseconds + 1000;

/** For loading, and for all tests of one policy. */
const patience = 60_000;

const digestOf = ({ engine, modules, version }: PolicySource): string =>
  hash('sha256', JSON.stringify([engine, version, modules.map(({ name, source }) => [name, source])]));

const thrown = ({ code, message, ...details }: ErrorMessage): PlatformError =>
  new PlatformError(code, message, details);

/** The error of a policy that took its thread with it when it was loaded or tested. */
const lossOf = ({ message }: Loss): PlatformError =>
  new PlatformError('Invalid', `The policy cannot be loaded: ${message}`, {
    next: 'Make it smaller: less text, less nesting, less that is computed of constants.',
  });

const failed = (error: Loss): PolicyEvaluation => ({ findings: [], error, microseconds: 0 });

const evaluationOf = (said: Said): PolicyEvaluation =>
  typeof said === 'number' ? { findings: [], microseconds: said } : said;

const numbered = (number: PolicyNumber, parameters: Asked['parameters']): NumberedPolicy =>
  parameters && Object.keys(parameters).length > 0 ? [number, parameters] : number;

/**
 * Judges by Rego, CEL and Kyverno in threads of their own. A policy that uses up more than its limits is an error of its
 * evaluation; the thread that it took with it is replaced, and what else was asked is asked again.
 */
export const createPolicyEngine = ({
  threads = 2,
  eager = false,
  limits = defaultLimits,
}: PolicyEngineOptions = {}): PolicyEngine => {
  const pool = new ThreadPool(threads, eager);
  const known = new Map<
    string,
    { readonly source: PolicySource; readonly outline: Promise<PolicyOutline> }
  >();

  const load = async (digest: string, source: PolicySource): Promise<PolicyOutline> =>
    await pool.use(async thread => {
      const number = thread.numberOf(digest);
      const outcome = await thread.do({ do: 'load', number, source }, patience);
      if ('lost' in outcome) throw lossOf(outcome.lost);
      if ('error' in outcome) throw thrown(outcome.error);
      if (!('outline' in outcome)) throw new Error('a thread answered something else than was asked');
      thread.told.add(number);
      return { ...outcome.outline, digest };
    });

  const evaluateIn = async (
    thread: PolicyThread,
    asked: readonly Asked[],
    rest: Pick<Extract<Job, { do: 'evaluate' }>, 'subject' | 'trace'>,
  ): Promise<Outcome> => {
    const news = new Map<PolicyNumber, PolicySource>();
    const policies = asked.map(({ digest, parameters }) => {
      const number = thread.numberOf(digest);
      if (!thread.told.has(number)) news.set(number, known.get(digest)!.source);
      return numbered(number, parameters);
    });
    const job: Job = { do: 'evaluate', asked: policies, sources: [...news], limits, ...rest };
    const outcome = await thread.do(job, patienceOf(limits));
    if (!('unsent' in outcome)) for (const number of news.keys()) thread.told.add(number);
    return outcome;
  };

  return {
    async load(source) {
      const digest = digestOf(source);
      const found = known.get(digest);
      if (found) return await found.outline;
      const outline = load(digest, source);
      known.set(digest, { source, outline });
      // What cannot be loaded is not known, so that it is tried again: what stopped it may have been the machine.
      outline.catch(() => known.delete(digest));
      return await outline;
    },

    async evaluate(asked, subject, { trace = false } = {}) {
      const evaluations: (PolicyEvaluation | undefined)[] = asked.map(({ digest }) =>
        known.has(digest) ? undefined : failed({ message: 'it is not loaded' }),
      );
      // Nobody waits for what is judged again in the background.
      const background = { background: subject.request.place === 'scan' };
      let open = asked.flatMap((one, index) => (evaluations[index] ? [] : [{ one, index }]));
      while (open.length > 0) {
        const current = open.map(({ one }) => one);
        const outcome = await pool.use(thread => evaluateIn(thread, current, { subject, trace }), background);
        if ('unsent' in outcome) {
          for (const { index } of open) evaluations[index] = failed({ message: outcome.unsent });
          break;
        }
        if ('error' in outcome) throw thrown(outcome.error);
        if (!('said' in outcome)) throw new Error('a thread answered something else than was asked');
        for (const [i, said] of outcome.said.entries()) evaluations[open[i]!.index] = evaluationOf(said);
        if ('lost' in outcome) {
          const at = open[Math.max(0, outcome.begun - 1)]!;
          evaluations[at.index] = failed(outcome.lost);
        }
        open = open.filter(({ index }) => !evaluations[index]);
      }
      return evaluations as readonly PolicyEvaluation[];
    },

    test: async source =>
      await pool.use(async thread => {
        const outcome = await thread.do({ do: 'test', source }, patience);
        if ('lost' in outcome) throw lossOf(outcome.lost);
        if ('error' in outcome) throw thrown(outcome.error);
        if (!('report' in outcome)) throw new Error('a thread answered something else than was asked');
        return outcome.report;
      }),

    close: async () => await pool.close(),
  };
};
