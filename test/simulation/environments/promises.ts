import { durationMs, type Environment, EnvironmentKind, type KindObject, kindId } from '@causeway/model';
import type { TruthLog } from '../judge/truth-log.ts';

type Complain = (problem: string) => void;
type Dates = Pick<Environment['spec'], 'startsAt' | 'lifetime' | 'extension'>;

/** When an environment is to end, reckoned here once more. Milliseconds since 1970. */
export const endOf = ({ startsAt = '', lifetime = '', extension = '0s' }: Dates): number =>
  Date.parse(startsAt) + durationMs(lifetime) + durationMs(extension);

/** What people were told, to be held against what was stored since. */
export class Promises {
  readonly #requests: { readonly name: string; readonly revision: number; readonly uid: string }[] = [];
  readonly #ends: { readonly name: string; readonly uid: string; revision: number; end: number }[] = [];
  readonly #again = new Map<string, number>();

  /** A request was taken. */
  acknowledged({ metadata: { name, uid, resourceVersion } }: KindObject): void {
    this.#requests.push({ name, uid, revision: Number(resourceVersion) });
  }

  /** An environment lasts until then, as somebody was told who extended or renewed it. */
  lasts({ metadata, spec }: Environment): void {
    const { name, uid, resourceVersion } = metadata;
    this.#ends.push({ name, uid, revision: Number(resourceVersion), end: endOf(spec) });
  }

  /** Somebody asked for an environment again, whether that was answered or not. */
  askedAgain(name: string): void {
    this.#again.set(name, this.timesAskedAgain(name) + 1);
  }

  timesAskedAgain(name: string): number {
    return this.#again.get(name) ?? 0;
  }

  /** Holds all that was promised against all that was ever stored. */
  judge(log: TruthLog, complain: Complain): void {
    for (const { name, uid, revision } of this.#requests)
      if (log.at(revision)?.object.metadata.uid !== uid)
        complain(`the request ${name} was acknowledged and is not stored`);
    for (const { name, uid, revision, end } of this.#ends)
      for (const entry of log.of(kindId(EnvironmentKind), name)) {
        if (entry.object.metadata.uid !== uid || entry.revision < revision) continue;
        const stored = endOf(entry.object.spec as Dates);
        if (stored < end)
          complain(
            `[ENV5] ${name} was to last until ${new Date(end).toISOString()}, and by revision ${entry.revision} until ${new Date(stored).toISOString()}`,
          );
      }
  }
}
