import type { PolicyEvaluation, PolicyLimits, PolicySource, PolicySubject } from '@causeway/contracts';
import { type SubjectTexts, textsOf } from '../policy-documents/subject-texts.ts';
import {
  type Asked,
  failed,
  type Job,
  type NumberedPolicy,
  type PolicyNumber,
  type Said,
  thrown,
} from './messages.ts';
import type { Outcome, PolicyThread } from './policy-thread.ts';
import type { ThreadPool } from './thread-pool.ts';

export interface QuestionQueueOptions {
  readonly limits: PolicyLimits;
  /** Milliseconds that one policy may take before its thread is ended. */
  readonly patience: number;
  readonly sourceOf: (digest: string) => PolicySource;
  readonly background?: boolean;
}

/** What one message holds, unless its first question is more. Some milliseconds of work: nobody waits long for others. */
const most = { questions: 32, policies: 64, characters: 256 * 1024 };
/** When one policy takes this long, those that were asked with it are asked elsewhere. */
const heldUpMs = 50;

interface Question {
  readonly asked: readonly Asked[];
  readonly texts: SubjectTexts;
  readonly trace: boolean;
  readonly evaluations: (PolicyEvaluation | undefined)[];
  /** It was asked in vain together with others: it gets a message of its own. */
  alone: boolean;
  readonly resolve: (evaluations: readonly PolicyEvaluation[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A question within a message. */
interface Sent {
  readonly question: Question;
  /** The policies that had not said anything yet. */
  readonly open: readonly number[];
  /** It is asked elsewhere: what is answered does not count. */
  takenBack: boolean;
}

const evaluationOf = (said: Said): PolicyEvaluation =>
  typeof said === 'number' ? { findings: [], microseconds: said } : said;

const numbered = (number: PolicyNumber, parameters: Asked['parameters']): NumberedPolicy =>
  parameters && Object.keys(parameters).length > 0 ? [number, parameters] : number;

const openOf = ({ evaluations }: Question): readonly number[] =>
  [...evaluations.keys()].filter(index => evaluations[index] === undefined);

const sentOf = (question: Question): Sent => ({ question, open: openOf(question), takenBack: false });

/** The question that a policy of a message belongs to, the first being 1. */
const sentWith = (message: readonly Sent[], policy: number): Sent | undefined => {
  let last = 0;
  return message.find(({ open }) => {
    last += open.length;
    return policy <= last;
  });
};

/** Notes what was said, one policy after the other. */
const note = (message: readonly Sent[], said: readonly (Said | undefined)[]): void => {
  let next = 0;
  for (const { question, open, takenBack } of message)
    for (const index of open) {
      const one = said[next];
      next += 1;
      if (one !== undefined && !takenBack) question.evaluations[index] = evaluationOf(one);
    }
};

/**
 * Questions that wait for a thread. What is asked in one turn of the event loop, or while all threads are busy, shares a
 * message. A question whose policy stands still or ends the thread does not take the others with it: they are asked again.
 */
export class QuestionQueue {
  readonly #pool: ThreadPool;
  readonly #options: QuestionQueueOptions;
  #waiting: Question[] = [];
  #isTurnAsked = false;

  constructor(pool: ThreadPool, options: QuestionQueueOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** What each policy says of a subject. */
  async ask(
    asked: readonly Asked[],
    subject: PolicySubject,
    trace: boolean,
  ): Promise<readonly PolicyEvaluation[]> {
    if (asked.length === 0) return [];
    let texts: SubjectTexts;
    try {
      texts = textsOf(subject);
    } catch (error) {
      const reason = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
      return asked.map(() => failed({ message: `the document cannot be judged: ${reason}` }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<readonly PolicyEvaluation[]>();
    const evaluations = asked.map(() => undefined);
    this.#waiting.push({ asked, texts, trace, evaluations, alone: false, resolve, reject });
    this.#askTurn();
    return await promise;
  }

  /** When all that this turn of the event loop asks has been asked. */
  #askTurn(): void {
    if (this.#isTurnAsked) return;
    this.#isTurnAsked = true;
    const { background = false } = this.#options;
    process.nextTick(() => {
      this.#pool.use(thread => this.#turn(thread), { background }).catch(error => this.#rejectAll(error));
    });
  }

  #rejectAll(error: unknown): void {
    this.#isTurnAsked = false;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  async #turn(thread: PolicyThread): Promise<void> {
    this.#isTurnAsked = false;
    const message = this.#next().map(sentOf);
    if (this.#waiting.length > 0) this.#askTurn();
    if (message.length === 0) return;
    const stopWatching = this.#watch(thread, message);
    try {
      this.#settle(message, await this.#send(thread, message));
    } catch (error) {
      for (const { question } of message) question.reject(error);
    } finally {
      stopWatching();
    }
  }

  /** The questions of the next message. */
  #next(): readonly Question[] {
    let [count, policies, characters] = [0, 0, 0];
    for (const { asked, texts, alone } of this.#waiting) {
      policies += asked.length;
      characters += texts.object.length + texts.request.length + (texts.old?.length ?? 0);
      if (count > 0 && (alone || policies > most.policies || characters > most.characters)) break;
      count += 1;
      if (alone || count === most.questions) break;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(thread: PolicyThread, message: readonly Sent[]): Promise<Outcome> {
    const { limits, patience, sourceOf } = this.#options;
    const news = new Map<PolicyNumber, PolicySource>();
    const questions = message.map(({ question: { asked, texts, trace }, open }) => ({
      ...texts,
      ...(trace ? { trace } : {}),
      asked: open.map(index => {
        const { digest, parameters } = asked[index]!;
        const number = thread.numberOf(digest);
        if (!thread.told.has(number)) news.set(number, sourceOf(digest));
        return numbered(number, parameters);
      }),
    }));
    const job: Job = { do: 'evaluate', questions, sources: [...news], limits };
    const outcome = await thread.do(job, patience);
    if (!('unsent' in outcome)) for (const number of news.keys()) thread.told.add(number);
    return outcome;
  }

  #settle(message: readonly Sent[], outcome: Outcome): void {
    if ('said' in outcome) {
      const said: (Said | undefined)[] = [...outcome.said];
      if ('lost' in outcome) said[Math.max(0, outcome.begun - 1)] = failed(outcome.lost);
      note(message, said);
    } else if (message.length === 1) {
      if ('error' in outcome) throw thrown(outcome.error);
      if (!('unsent' in outcome)) throw new Error('a thread answered something else than was asked');
      note(
        message,
        message[0]!.open.map(() => failed({ message: outcome.unsent })),
      );
    }
    const again: Question[] = [];
    for (const { question, takenBack } of message) {
      if (takenBack) continue;
      if (openOf(question).length === 0) question.resolve(question.evaluations as PolicyEvaluation[]);
      else again.push(question);
    }
    this.#askAlone(again);
  }

  #askAlone(questions: readonly Question[]): void {
    if (questions.length === 0) return;
    for (const question of questions) question.alone = true;
    this.#waiting.unshift(...questions);
    this.#askTurn();
  }

  /** Takes back what was asked together with a policy that holds it up. */
  #watch(thread: PolicyThread, message: readonly Sent[]): () => void {
    if (message.length === 1) return () => {};
    let seen = 0;
    const timer = setInterval(() => {
      const now = thread.judging;
      if (now > 0 && now === seen) {
        clearInterval(timer);
        const held = message.filter(one => one !== sentWith(message, now));
        for (const one of held) one.takenBack = true;
        this.#askAlone(held.map(({ question }) => question));
      }
      seen = now;
    }, heldUpMs);
    return () => clearInterval(timer);
  }
}
