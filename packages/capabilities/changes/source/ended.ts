import type { EnvironmentRequest, KindObject } from '@causeway/model';

/** When what a request asked for ended, if it has; RFC 3339. */
export const endedAt = (object: KindObject): string | undefined =>
  (object as unknown as EnvironmentRequest).status?.gone?.at;

/** What to know before changing the file of a request whose environment has ended. */
export const endedWords = (object: KindObject): string | undefined => {
  const at = endedAt(object);
  if (at === undefined) return undefined;
  const { name, namespace = '' } = object.metadata;
  return `Its environment ended at ${at}. What the file says is written down, and brings no environment back: platform env recreate ${name} --team ${namespace}`;
};
