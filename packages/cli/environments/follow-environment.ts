import { waitUntil } from '@causeway/client';
import {
  type Condition,
  type Environment,
  type EnvironmentKind,
  type EnvironmentRequest,
  type EnvironmentRequestKind,
  type EnvironmentServiceStatus,
  isPlatformError,
  PlatformError,
} from '@causeway/model';
import { timeoutOf } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { createProgressDisplay } from './progress-display.ts';
import { lengthInWords } from './words.ts';

type Subject = Environment | EnvironmentRequest;

const readyOf = ({ status }: Subject): Condition | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready');

const isSettled = ({ step }: EnvironmentServiceStatus): boolean =>
  step === 'Serving' || step === 'Failed' || step === 'Asleep';

/** Whether what the status says is about the present spec. */
const isPresent = (subject: Subject): boolean =>
  (readyOf(subject)?.observedGeneration ?? 0) >= subject.metadata.generation;

/** Ready, or in a state that waiting does not change. */
export const hasEnded = (subject: Subject): boolean => {
  if (!isPresent(subject)) return false;
  const { phase, progress = [] } = subject.status ?? {};
  if (readyOf(subject)?.status === 'True') return true;
  if (phase === 'Refused' || phase === 'Gone' || phase === 'Asleep') return true;
  return phase === 'Degraded' && progress.every(isSettled);
};

/** The lines of a service's failure, each with its name. */
const evidenceOf = ({ name, failure }: EnvironmentServiceStatus): string[] =>
  (failure?.evidence ?? []).map(line => `${name}: ${line}`);

/** Why an environment is not ready though it has ended. `undefined` when it is, or sleeps. */
export const failureOf = (subject: Subject): PlatformError | undefined => {
  const { name } = subject.metadata;
  const { phase, progress = [] } = subject.status ?? {};
  const ready = readyOf(subject);
  if (ready?.status === 'True' || phase === 'Asleep') return undefined;
  if (phase === 'Refused')
    return new PlatformError(
      'Invalid',
      `Environment '${name}' cannot be made. ${ready?.message ?? ''}`.trimEnd(),
      {
        next: `Correct it and ask again; what is there now: platform env describe ${name}`,
      },
    );
  if (phase === 'Gone')
    return new PlatformError('Conflict', `Environment '${name}' is gone.`, {
      next: `To have it again: platform env recreate ${name}`,
    });
  const failed = progress.filter(({ step }) => step === 'Failed');
  const said = failed.map(one => `${one.name}: ${one.failure?.message ?? one.message}`);
  const [first] = failed;
  return new PlatformError(
    first?.failure?.code ?? 'Unavailable',
    `Environment '${name}' is not ready. ${said.join('; ')}`,
    {
      evidence: failed.flatMap(evidenceOf),
      next: `${(first?.failure?.next ?? 'Correct it and push').replace(/\.$/, '')}. A new release starts by itself; the same one again: platform env retry ${name}`,
    },
  );
};

const lateError = (subject: Subject | undefined, name: string, timeoutMs: number): PlatformError => {
  const waits = (subject?.status?.progress ?? []).filter(one => one.step !== 'Serving');
  return new PlatformError(
    'Timeout',
    `Environment '${name}' is not ready after ${lengthInWords(timeoutMs)}.`,
    {
      evidence:
        waits.length > 0
          ? waits.map(
              one =>
                `${one.name}: ${one.step} for ${lengthInWords(Date.now() - Date.parse(one.since))}: ${one.message}`,
            )
          : [(subject && readyOf(subject)?.message) ?? 'Nothing has been told yet.'],
      next: `It goes on by itself: platform env describe ${name}`,
    },
  );
};

/** Shows how an environment comes about until it is ready. Throws what went wrong; Ctrl-C stops only the watching. */
export const followEnvironment = async <K extends typeof EnvironmentKind | typeof EnvironmentRequestKind>(
  invocation: Invocation<{ readonly timeout: string }>,
  kind: K,
  key: { readonly team: string; readonly name: string; readonly uid: string },
  isPast: (subject: Subject) => boolean = () => false,
): Promise<Subject> => {
  const { env, output, signal, options } = invocation;
  const timeoutMs = timeoutOf(options.timeout);
  const display = createProgressDisplay(output, env);
  let last: Subject | undefined;
  const look = (subject: Subject | undefined): boolean => {
    if (!subject && last)
      throw new PlatformError('NotFound', `Environment '${key.name}' has been deleted meanwhile.`);
    if (!subject || subject.metadata.uid !== key.uid || isPast(subject)) return false;
    last = subject;
    if (subject.status?.progress) display.show(subject.status.progress);
    return hasEnded(subject);
  };
  try {
    await waitUntil(
      await invocation.client(),
      kind,
      key.team,
      key.name,
      look as Parameters<typeof waitUntil<K>>[4],
      { timeoutMs, signal },
    );
  } catch (error) {
    display.end();
    if (signal.aborted)
      output.note(`Stopped watching; it goes on by itself. See: platform env describe ${key.name}`);
    throw isPlatformError(error, 'Timeout') ? lateError(last, key.name, timeoutMs) : error;
  } finally {
    display.end();
  }
  const found = last as unknown as Subject;
  const failure = failureOf(found);
  if (failure) throw failure;
  return found;
};
