import type { PolicySubject } from '@causeway/contracts';
import { kinds, type ObjectMeta, type Service } from '@causeway/model';
import { readDocuments, type Verdict } from '@causeway/policy';
import type { Capabilities } from '../../settings.ts';
import { actorOf } from '../admission/admission-subject.ts';
import { decisionOf } from '../record/decision-of.ts';
import { refusalLines, speechOf, warningLines } from '../record/policy-denied.ts';

/** One branch or tag that is pushed, and what of it is different. */
export interface PushedRef {
  readonly ref: string;
  readonly before?: string;
  readonly after?: string;
  readonly kind: 'create' | 'update' | 'delete' | 'force';
  /** Paths that it adds or changes. */
  readonly files: readonly string[];
}

/** A file that may hold documents which policies are about. */
export interface PushedFile {
  readonly path: string;
  readonly size: number;
  read(): Promise<string>;
}

export interface PushToJudge {
  readonly service: Service;
  readonly user: string;
  readonly refs: readonly PushedRef[];
  /** Those of the release branch: nothing else comes into force. */
  readonly files: readonly PushedFile[];
  /** `change`: a change request asks before anything is pushed there. Default `push`. */
  readonly place?: 'push' | 'change';
}

export interface PushVerdict {
  readonly accept: boolean;
  /** For the pusher. */
  readonly lines: readonly string[];
}

const mostPaths = 5000;
const mostFiles = 200;
const mostBytes = 256 * 1024;

const ours = new Set(kinds.map(({ kind, group }) => `${group}/${kind}`));

type Parts = Pick<Capabilities, 'engine' | 'policies' | 'apiGroups'>;
type Request = Omit<PolicySubject['request'], 'operation'>;

const pushSubject = ({ service }: PushToJudge, ref: PushedRef, request: Request): PolicySubject => {
  const { name, namespace = '', labels } = service.metadata;
  const { files, ...moved } = ref;
  return {
    object: {
      apiVersion: 'causeway.dev/v1',
      kind: 'Push',
      metadata: { name, namespace, ...(labels ? { labels } : {}) },
      spec: {
        repository: `${namespace}/${name}`,
        ...moved,
        releaseBranch: ref.ref === `refs/heads/${service.spec.branch}`,
        files: files.slice(0, mostPaths),
        user: request.user,
      },
    },
    request: {
      ...request,
      operation: ref.kind === 'create' ? 'CREATE' : ref.kind === 'delete' ? 'DELETE' : 'UPDATE',
    },
  };
};

interface Found {
  readonly subject: PolicySubject;
  /** `deploy/web.yaml:12` */
  readonly place: string;
}

const isDocument = (value: unknown): value is { apiVersion: string; kind: string; metadata?: ObjectMeta } => {
  const { apiVersion, kind, metadata } = { ...(value as Record<string, unknown> | undefined) };
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object';
};

/** Documents of our kinds, and whatever else policies name. What cannot be read is no document of anybody. */
const documentsIn = async (
  { policies, apiGroups }: Pick<Parts, 'policies' | 'apiGroups'>,
  files: readonly PushedFile[],
  request: Request,
): Promise<readonly Found[]> => {
  const found: Found[] = [];
  const eligible = files.filter(({ path, size }) => /\.(ya?ml|json)$/.test(path) && size <= mostBytes);
  for (const file of eligible.slice(0, mostFiles)) {
    const text = await file.read();
    if (!/\bapiVersion\b/.test(text)) continue;
    for (const document of readDocuments(file.path, text, apiGroups)) {
      const { value } = document;
      if (!isDocument(value)) continue;
      const subject = {
        object: value as unknown as Record<string, unknown>,
        request: { ...request, operation: 'CREATE' as const },
      };
      const group = value.apiVersion.split('/')[0] ?? '';
      if (!ours.has(`${group}/${value.kind}`) && !policies.concerns(subject)) continue;
      const { line } = document.positionOf([]);
      found.push({ subject, place: `${file.path}:${line}` });
    }
  }
  return found;
};

/** Whether anything of a push could be judged: if not, nothing of it is read. */
const isJudged = ({ policies }: Pick<Parts, 'policies'>): boolean =>
  policies.policies().some(({ spec }) => spec.action !== 'draft');

/**
 * Judges a push before anybody sees it: the movement of each branch, and the documents in what it changes on the release branch. What
 * was judged is recorded; one line says that all is well.
 */
export const judgePushedChange = async (parts: Parts, push: PushToJudge): Promise<PushVerdict> => {
  const { engine, policies } = parts;
  if (!isJudged(parts)) return { accept: true, lines: [] };
  const { namespace = '', name } = push.service.metadata;
  const request = {
    place: push.place ?? ('push' as const),
    user: push.user,
    actor: actorOf({ user: push.user }),
    team: namespace,
    time: new Date(engine.clock.now()).toISOString(),
    context: policies.context(namespace),
  };
  const found: readonly Found[] = [
    ...push.refs.map(ref => ({ subject: pushSubject(push, ref, request), place: ref.ref })),
    ...(await documentsIn(parts, push.files, request)),
  ].filter(({ subject }) => policies.concerns(subject));
  const judged = await Promise.all(
    found.map(async one => ({ ...one, verdict: await policies.judgeNow(one.subject) })),
  );
  const asked = judged.filter(({ verdict }) => verdict.decisions.length > 0);
  await engine.decisions.append(...asked.map(({ subject, verdict }) => decisionOf(subject, verdict)));
  const said = asked.map(({ subject, verdict, place }) => ({
    subject,
    place,
    speech: speechOf(verdict, policies.policies()),
  }));
  const warnings = said.flatMap(({ speech, place }) =>
    warningLines(speech.warned).map(line => `! ${line} (${place})`),
  );
  const refused = said.filter(({ speech }) => speech.refused.length > 0);
  if (refused.length === 0) return { accept: true, lines: [...passedLine(asked), ...warnings] };
  return {
    accept: false,
    lines: [
      ...refused.flatMap(({ subject, place, speech }) => [
        `${place} is refused by policy:`,
        ...refusalLines(speech.refused, subject, targetOf(subject, name)),
      ]),
      ...warnings,
      ...(request.place === 'push' ? ['Next: do as each policy says, commit and push again.'] : []),
    ],
  };
};

const targetOf = ({ object }: PolicySubject, service: string): string => {
  const { kind, metadata } = object as { kind: string; metadata: { name?: unknown } };
  return kind === 'Push' ? `Service/${service}` : `${kind}/${String(metadata.name)}`;
};

const passedLine = (asked: readonly { readonly verdict: Verdict }[]): string[] => {
  const results = asked.flatMap(({ verdict }) => verdict.decisions.map(({ result }) => result));
  const passed = results.filter(result => result === 'pass').length;
  return passed === 0 ? [] : [`policy  ${passed} ${passed === 1 ? 'rule' : 'rules'} passed`];
};
