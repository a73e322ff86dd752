import { EnvironmentRequestKind, isFields, PlatformError } from '@causeway/model';
import type { Manifest } from '../resources/read-manifests.ts';
import { readManifests } from '../resources/read-manifests.ts';

/** The one EnvironmentRequest of a file, `-` for standard input. */
export const readWish = async (file: string, stdin: NodeJS.ReadableStream): Promise<Manifest> => {
  const manifests = await readManifests([file], stdin);
  const [found, ...more] = manifests.filter(({ kind }) => kind.kind === EnvironmentRequestKind.kind);
  if (!found)
    throw new PlatformError('Invalid', `${file} holds no EnvironmentRequest.`, {
      next: 'See how one looks: platform env request NAME --service SERVICE --print',
    });
  if (more.length > 0 || manifests.length > 1)
    throw new PlatformError('Invalid', `${file} holds more than one object.`, {
      next: `Send them all: platform apply -f ${file}`,
    });
  if (!isFields(found.object.spec))
    throw new PlatformError('Invalid', `${found.from}: spec is missing, or is no object.`, {
      next: 'See how one looks: platform env request NAME --service SERVICE --print',
    });
  return found;
};
