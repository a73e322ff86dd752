import { isDeepStrictEqual } from 'node:util';
import {
  type Build,
  BuildKind,
  defaultPlatformFolder,
  isPlatformError,
  keyOf,
  productionEnvironment,
  RolloutKind,
  type Service,
  SourceKind,
} from '@causeway/model';
import { isPlatformFile, readPlatformFiles } from '../../changes/source/platform-files.ts';
import type { Capabilities } from '../../settings.ts';

/**
 * The build that a pushed commit would only repeat: all that differs are files that the platform reads itself. A service is not
 * replaced because its team asks for an environment. What went wrong before is tried again, whatever is pushed.
 */
export const repeatedBuild = async (
  capabilities: Capabilities,
  service: Service,
  commit: string,
): Promise<string | undefined> => {
  const build = newestBuild(capabilities, service);
  if (!build || hasFailed(capabilities, build)) return undefined;
  if (!isDeepStrictEqual(build.spec.settings, service.spec.build)) return undefined;
  const { namespace: team, name } = keyOf(service);
  const differing = (from: string): Promise<readonly string[]> =>
    capabilities.repositories.differences({ team, service: name }, from, commit);
  const built = build.spec.commit;
  const before = service.status?.push?.commit ?? built;
  const paths = await differing(built).catch(unlessForgotten);
  if (!paths) return undefined;
  // Who pushes a commit that changes nothing wants it built again.
  if (paths.length === 0 && !(await differing(before).catch(unlessForgotten))?.length) return undefined;
  return (await arePlatformFiles(capabilities, service, [built, commit], paths))
    ? build.metadata.name
    : undefined;
};

/** A commit that no branch leads to any more may be gone. */
const unlessForgotten = (error: unknown): undefined => {
  if (!isPlatformError(error, 'NotFound')) throw error;
};

const newestBuild = ({ engine: { store } }: Capabilities, service: Service): Build | undefined =>
  store
    .peekAll(
      BuildKind,
      service.metadata.namespace,
      ({ spec }) => spec.service === service.metadata.name && spec.reason !== 'environment',
    )
    .sort((a, b) => b.spec.sequence - a.spec.sequence)[0];

const hasFailed = ({ engine: { store } }: Capabilities, { metadata, spec, status }: Build): boolean => {
  const { name, namespace = '' } = metadata;
  const rollout = store.peek(RolloutKind, { namespace, name: `${spec.service}.${productionEnvironment}` });
  return (
    status?.phase === 'Failed' ||
    status?.phase === 'Superseded' ||
    rollout?.status?.failed?.release === name ||
    (status?.environments ?? []).some(({ refused }) => refused !== undefined)
  );
};

/** Whether each of these files is one of the platform in every commit that has it. Others in its folder may be the program’s. */
const arePlatformFiles = async (
  { apiGroups, engine, repositories }: Capabilities,
  service: Service,
  commits: readonly string[],
  paths: readonly string[],
): Promise<boolean> => {
  const { namespace: team, name } = keyOf(service);
  const folder = engine.store.peek(SourceKind, keyOf(service))?.spec.folder ?? defaultPlatformFolder;
  if (!paths.every(path => path.startsWith(`${folder}/`))) return false;
  const wanted = new Set(paths);
  const read = await Promise.all(
    commits.map(async commit => {
      const entries = await repositories.folder(
        { team, service: name },
        commit,
        folder,
        entry => wanted.has(entry.path) && isPlatformFile(entry),
      );
      return entries
        .filter(({ path }) => wanted.has(path))
        .every(entry => {
          const { problems, notes } = readPlatformFiles([entry], { team, source: name, folder, apiGroups });
          return isPlatformFile(entry) && problems.length === 0 && notes.length === 0;
        });
    }),
  );
  return read.every(Boolean);
};
