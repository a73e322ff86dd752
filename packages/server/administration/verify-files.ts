import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { collectFindings, type Examination, type Store } from '@causeway/engine';
import { checkRepository } from '@causeway/git';
import { ReleaseKind, ServiceKind } from '@causeway/model';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Every service that says where to clone it has its repository, whole, with the commits of its releases. */
const verifyRepositories = async (
  store: Store,
  folder: string,
  signal: AbortSignal,
): Promise<Examination> => {
  const findings = collectFindings();
  const services = store.peekAll(ServiceKind).filter(({ status }) => status?.cloneUrl !== undefined);
  for (const { metadata } of services) {
    signal.throwIfAborted();
    const team = metadata.namespace ?? '';
    const releases = store.peekAll(ReleaseKind, team, ({ spec }) => spec.service === metadata.name);
    const commits = [...new Set(releases.map(({ spec }) => spec.commit))];
    for (const problem of await checkRepository(folder, { team, service: metadata.name }, commits))
      findings.add(`${team}/${metadata.name}: ${problem}`);
  }
  return { check: 'repositories', examined: services.length, findings: findings.all() };
};

/** What releases start from is there. A digest names what was built, not its files alone, so it cannot be computed from these again. */
const verifyArtifacts = async (store: Store, folder: string, signal: AbortSignal): Promise<Examination> => {
  const findings = collectFindings();
  const releases = store.peekAll(ReleaseKind);
  for (const { metadata, spec } of releases) {
    signal.throwIfAborted();
    const { digest } = spec.artifact;
    const name = `${metadata.namespace}/${metadata.name}`;
    if (!/^[0-9a-f]{64}$/.test(digest)) findings.add(`${name}: its artifact has no digest`);
    else if (!(await isThere(join(folder, digest))))
      findings.add(
        `${name}: its artifact ${digest.slice(0, 12)} is missing; \`platform deploy\` builds it again`,
      );
  }
  return { check: 'artifacts', examined: releases.length, findings: findings.all() };
};

/** Looks at what lies in DATA beside the database. Artifacts are looked for only where this machine has an agent. */
export async function* verifyFiles(
  store: Store,
  data: string,
  signal: AbortSignal,
): AsyncGenerator<Examination> {
  yield await verifyRepositories(store, join(data, 'repositories'), signal);
  const artifacts = join(data, 'artifacts');
  if (await isThere(artifacts)) yield await verifyArtifacts(store, artifacts, signal);
}
