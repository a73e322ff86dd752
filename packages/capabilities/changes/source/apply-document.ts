import type { AppliedDocument } from '@causeway/model';
import { isPlatformError, type ObjectKey, PlatformError, type Source } from '@causeway/model';
import { digestOf } from '@causeway/policy';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { wordsOfError } from '../plan/plan-files.ts';
import { automationFor } from './automation.ts';
import { type Applying, compareDocument } from './compare-document.ts';
import { endedAt, endedWords } from './ended.ts';
import { plainObject } from './plain-object.ts';
import type { PlatformDocument } from './platform-document.ts';

/** What is asked again in a moment is no answer to whoever wrote the file. */
const passing = ['Unavailable', 'Internal', 'Conflict', 'AlreadyExists', 'NotFound'] as const;

export const isRefusal = (error: unknown): error is PlatformError =>
  error instanceof PlatformError && !passing.some(code => isPlatformError(error, code));

export interface Application extends Applying {
  readonly by: string;
  readonly drift: Source['spec']['drift'];
  /** What became of each document last time. */
  readonly before: ReadonlyMap<string, AppliedDocument>;
  /** Told in events: what was done, and what is wrong. */
  readonly tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

type Parts = Pick<Capabilities, 'engine' | 'guarded'>;

/** Makes one object as its file says, for whoever brought the file there. Throws what passes by itself. */
export const applyDocument = async (
  { engine, guarded }: Parts,
  applying: Application,
  document: PlatformDocument,
): Promise<AppliedDocument> => {
  const { store } = engine;
  const { source, by, drift, tell } = applying;
  const { kind, name, path, stated } = document;
  const key: ObjectKey = { namespace: source.namespace, name };
  const id = `${kind.kind}/${name}`;
  const said = digestOf(stated);
  const about = { kind: kind.kind, name, path, said };
  const before = applying.before.get(id);
  const saysTheSame = before?.said === said && before.state !== 'Refused';
  const found = store.peek(kind, key);
  const live = found && plainObject(found);
  const compared = compareDocument(store, applying, document, live);
  const applied = (object: unknown): AppliedDocument => {
    const ended = endedAt(plainObject(object));
    const message = endedWords(plainObject(object));
    return {
      ...about,
      state: 'Applied',
      ...(ended === undefined ? {} : { ended }),
      ...(message === undefined ? {} : { message }),
    };
  };
  const drifted = (message: string): AppliedDocument => ({ ...about, state: 'Drifted', message });

  try {
    switch (compared.action) {
      case 'refuse':
        // On its way out: what is known of it is needed when it has gone.
        if (saysTheSame && live?.metadata.deletionTimestamp)
          return { ...before, ...about, state: 'Drifted', message: compared.problem };
        return { ...about, state: 'Refused', message: compared.problem };
      case 'unchanged':
        if (compared.takes)
          await store.mutate(kind, key, current => again(current).next, controllerActor('source', by));
        return applied(live);
      case 'create': {
        if (saysTheSame && before.ended !== undefined)
          return {
            ...before,
            path,
            message: `It ended at ${before.ended}, and was deleted. Change the file to ask again.`,
          };
        if (saysTheSame && drift === 'report') return drifted('Somebody deleted it.');
        const object = await guarded.create(kind, compared.object, automationFor(by));
        if (saysTheSame)
          tell('Warning', 'DriftCorrected', `${id} was deleted, and is made again as ${path} says.`);
        else tell('Normal', 'Created', `${id} is made as ${path} says.`);
        return applied(object);
      }
      case 'change': {
        const what = compared.fields.slice(0, 3).join('; ');
        if (compared.drifted && drift === 'report')
          return drifted(`It is other than the file says: what the file would change is ${what}.`);
        const object = await guarded.mutate(kind, key, current => again(current).next, automationFor(by));
        if (compared.drifted)
          tell('Warning', 'DriftCorrected', `${id} is set back to what ${path} says: ${what}.`);
        else tell('Normal', 'Changed', `${id} is changed as ${path} says: ${what}.`);
        return applied(object);
      }
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...about, state: 'Refused', message: wordsOfError(error) };
  }

  /** Inside the write, with what is stored then: another source may have come first. */
  function again(current: unknown): { next: unknown } {
    const now = compareDocument(store, applying, document, plainObject(current));
    if (now.action === 'refuse') throw new PlatformError('Invalid', now.problem, { next: '' });
    return { next: now.action === 'create' ? current : now.next };
  }
};
