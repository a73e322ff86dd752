import { hash } from 'node:crypto';
import type { PolicyEngine, PolicyLimits, PolicyOutline, PolicySource } from '@causeway/contracts';
import { PlatformError } from '@causeway/model/errors';
import { failed, type Loss, thrown } from './messages.ts';
import { QuestionQueue } from './question-queue.ts';
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

/** The error of a policy that took its thread with it when it was loaded or tested. */
const lossOf = ({ message }: Loss): PlatformError =>
  new PlatformError('Invalid', `The policy cannot be loaded: ${message}`, {
    next: 'Make it smaller: less text, less nesting, less that is computed of constants.',
  });

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

  const sourceOf = (digest: string): PolicySource => known.get(digest)!.source;
  const waited = new QuestionQueue(pool, { limits, patience: patienceOf(limits), sourceOf });
  // Nobody waits for what is judged again in the background.
  const scanned = new QuestionQueue(pool, {
    limits,
    patience: patienceOf(limits),
    sourceOf,
    background: true,
  });

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
      const isKnown = asked.map(({ digest }) => known.has(digest));
      const queue = subject.request.place === 'scan' ? scanned : waited;
      const said = await queue.ask(
        asked.filter((_, index) => isKnown[index]),
        subject,
        trace,
      );
      let next = 0;
      return isKnown.map(one => {
        if (!one) return failed({ message: 'it is not loaded' });
        next += 1;
        return said[next - 1]!;
      });
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
