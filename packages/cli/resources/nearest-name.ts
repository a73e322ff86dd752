import { closestNames, isPlatformError, kinds, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { namespaceFor } from './find-kind.ts';

/** So many names are looked through. */
const most = 500;

/** That an object is not there, with the nearest name that is; every other error as it was. */
export const withNearestName = async (
  error: unknown,
  { client, team, signal }: Pick<Invocation, 'client' | 'team' | 'signal'>,
): Promise<unknown> => {
  if (!isPlatformError(error, 'NotFound') || error.objectName === undefined) return error;
  const kind = kinds.find(({ plural }) => plural === error.kind);
  if (!kind || error.evidence.length > 0) return error;
  try {
    const namespace = namespaceFor(kind, await team());
    const { items } = await (await client()).resource(kind).list({ namespace, limit: most, signal });
    const names = items.map(({ metadata }) => metadata.name);
    const near = closestNames(error.objectName, names);
    if (near.length === 0) return error;
    const { code, message, next, causes, kind: plural = '', objectName: name } = error;
    return new PlatformError(code, message, {
      evidence: [`did you mean ${near.join(' or ')}?`],
      next,
      causes,
      kind: plural,
      name,
    });
  } catch (other) {
    // Whoever may not list, or finds the server gone, has been told what failed first.
    if (isPlatformError(other)) return error;
    throw other;
  }
};
