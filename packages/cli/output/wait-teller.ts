import { type Condition, findCondition, type KindObject } from '@causeway/model';
import type { Output } from './output.ts';

const freshMs = 2_000;

const readyOf = (object: KindObject | undefined): Condition | undefined =>
  findCondition((object?.status as { conditions?: Condition[] } | undefined)?.conditions, 'Ready');

/** What the object said of itself before anyone wanted it gone is no reason why it stays. */
const saidBefore = (left: KindObject): string | undefined => {
  const since = Date.now() - Date.parse(left.metadata.deletionTimestamp ?? '');
  return since > freshMs ? undefined : readyOf(left)?.message;
};

/** Tells, once per sentence, what the end of an object waits for. */
export const waitTeller = (output: Output, left: KindObject): ((object: KindObject | undefined) => void) => {
  let told = saidBefore(left);
  return object => {
    const ready = readyOf(object);
    if (ready?.status !== 'False' || ready.message === told) return;
    told = ready.message;
    output.note(`Waiting: ${told}`);
  };
};
