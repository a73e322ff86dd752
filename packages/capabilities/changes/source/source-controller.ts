import { type Controller, type ControllerDefinition, defineController } from '@causeway/engine';
import {
  ChangeRequestKind,
  durationMs,
  type KindObject,
  keyOf,
  type ObjectKey,
  ServiceKind,
  type Source,
  SourceKind,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { forgeOf, mayNotName } from '../forge/repository-in-forge.ts';
import { sourceAnnotation } from './annotations.ts';
import { type Application, applyDocument } from './apply-document.ts';
import { broughtBy } from './brought-by.ts';
import { claimsOf, unsaid } from './claims.ts';
import { inGroups } from './in-order.ts';
import { newestCommit } from './newest-commit.ts';
import { fileKinds } from './platform-document.ts';
import { prune } from './prune.ts';
import { createReader } from './read-source.ts';
import { createRemoteHeads } from './remote-heads.ts';
import { serviceSourceController } from './service-source.ts';
import { readyOf, reportSource } from './source-status.ts';

/** What a policy or a quota refuses is tried again after this, beside whenever policies change. */
const againMs = 60_000;

/** The objects that the newest files say are made, changed and deleted; what somebody changes otherwise is set back or reported. */
export const sourceController = (capabilities: Capabilities): ControllerDefinition => {
  const { engine, remotes } = capabilities;
  const { store } = engine;
  const heads = remotes && createRemoteHeads(remotes, engine.clock);
  const read = createReader(capabilities);
  const existing = (key: ObjectKey): ObjectKey[] => (store.peek(SourceKind, key) ? [key] : []);
  return defineController({
    name: 'source',
    kind: SourceKind,
    watches: [
      {
        kind: ChangeRequestKind,
        keys: ({ metadata: { namespace = '' }, spec }) => existing({ namespace, name: String(spec.service) }),
      },
      ...fileKinds.map(kind => ({
        kind,
        keys: (object: KindObject) => [
          ...sourceOf(object),
          // Something may have been pushed.
          ...(kind === ServiceKind ? existing(keyOf(object)) : []),
        ],
      })),
    ],
    async reconcile(key, signal) {
      const source = store.peek(SourceKind, key);
      if (!source || source.metadata.deletionTimestamp) {
        read.forget(key);
        await heads?.forget(key);
        return undefined;
      }
      const newest = await newestCommit(capabilities, heads, source, signal);
      const look = source.spec.url === undefined ? undefined : { after: durationMs(source.spec.interval) };
      if ('reason' in newest) {
        const { reason } = newest;
        const message = [newest.message, ...notAllowed(capabilities, source)].join(' ');
        await reportSource(engine, source, { ready: { status: 'False', reason, message } });
        return look;
      }
      const { commit, by } = newest;
      const files = await read(source, newest);
      const [problem] = files.problems;
      if (problem) {
        const place = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`;
        const message = `${place}: ${problem.message} Until then nothing of ${commit.slice(0, 10)} is applied.`;
        await reportSource(engine, source, { ready: { status: 'False', reason: 'InvalidFiles', message } });
        return look;
      }
      const applying = applicationOf(capabilities, source, commit, by);
      const gone = unsaid(claimsOf(store, key), files.documents);
      const kept = await Promise.all(gone.map(claim => prune(capabilities, applying, claim)));
      const documents = [];
      for (const group of inGroups(files.documents))
        documents.push(
          ...(await Promise.all(group.map(document => applyDocument(capabilities, applying, document)))),
        );
      documents.push(...kept.filter(one => one !== undefined));
      await reportSource(engine, source, {
        ready: readyOf(commit, documents),
        applied: { commit, by, documents },
      });
      const refused = documents.some(({ state }) => state === 'Refused');
      return refused ? { after: Math.min(againMs, look?.after ?? againMs) } : look;
    },
  });
};

/** Why the platform’s token of a forge was not used: without it a private repository is not there. */
const notAllowed = ({ forges = [] }: Capabilities, source: Source): string[] => {
  const place = forgeOf(forges, source);
  return place && !place.allowed ? [mayNotName(source.metadata.namespace ?? '', place)] : [];
};

/** The source whose files say an object, or said it. */
const sourceOf = ({ metadata: { namespace = '', annotations } }: KindObject): ObjectKey[] => {
  const name = annotations?.[sourceAnnotation];
  return name === undefined ? [] : [{ namespace, name }];
};

const applicationOf = ({ engine }: Capabilities, source: Source, commit: string, by: string): Application => {
  const { namespace = '', name } = source.metadata;
  const { documents = [], appliedAt } = source.status ?? {};
  return {
    source: { namespace, name },
    commit,
    by,
    drift: source.spec.drift,
    before: new Map(documents.map(one => [`${one.kind}/${one.name}`, one])),
    broughtBy: broughtBy(engine.store, { namespace, name }, appliedAt),
    tell: (type, reason, message) => engine.recordEvent(source, type, reason, message),
  };
};

/** Runs what makes files true; what was refused is tried again when policies change. */
export const runSources = (capabilities: Capabilities): Controller => {
  const { engine, policies } = capabilities;
  engine.run(serviceSourceController(capabilities));
  const sources = engine.run(sourceController(capabilities));
  policies.onChange(() => {
    for (const { metadata, status } of engine.store.peekAll(SourceKind))
      if (status?.documents?.some(({ state }) => state === 'Refused'))
        sources.nudge({ namespace: metadata.namespace ?? '', name: metadata.name });
  });
  return sources;
};
