import { until } from '@causeway/testkit/until';
import { type Answered, ask, type OpenAnswer, open } from './ask.ts';
import { createKubectl, type Kubectl, splitArguments } from './kubectl.ts';
import type { Chapter, Step } from './script.ts';
import type { Target } from './target.ts';

/** What came of a step, before anything is normalised. */
export interface Observation {
  readonly step: string;
  /** What was asked, with names in place of values. */
  readonly asked: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly events?: readonly unknown[];
  readonly code?: number | null;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The step could not be done, and why. */
  readonly failed?: string;
}

/** Headers that say something about the answer. The others say something about the server. */
const telling = ['content-type', 'warning', 'allow', 'retry-after', 'location', 'www-authenticate'];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const tellingHeaders = (headers: Answered['headers']): Record<string, string> =>
  Object.fromEntries(
    telling.flatMap(name => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], value);

const isWatch = (request: string): boolean => /[?&]watch=(?:true|1)\b/.test(request);

interface Scene {
  readonly target: Target;
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly kept: Map<string, string>;
  readonly opened: Map<string, { answer: OpenAnswer; read: number }>;
}

const fill = ({ kept }: Scene, text: string): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = kept.get(name);
    if (value === undefined) throw new Error(`nothing was kept as ${whole}`);
    return value;
  });

const bodyOf = (scene: Scene, step: Step): string | undefined => {
  if (step.bytes !== undefined)
    return JSON.stringify({
      apiVersion: 'conformance.causeway.dev/v1',
      kind: 'Sample',
      metadata: { name: 'large', annotations: { text: 'x'.repeat(step.bytes) } },
    });
  if (step.text !== undefined) return fill(scene, step.text);
  return step.body === undefined ? undefined : fill(scene, JSON.stringify(step.body));
};

const read = async (scene: Scene, step: Step, name: string): Promise<Partial<Observation>> => {
  const stream = scene.opened.get(name);
  if (!stream) throw new Error(`no watch is open as ${name}`);
  const lines = await stream.answer.lines(stream.read + (step.events ?? 0));
  const events = lines.slice(stream.read).map(parsed);
  stream.read = lines.length;
  return { events };
};

const send = async (scene: Scene, step: Step, request: string): Promise<Partial<Observation>> => {
  const [method = '', path = ''] = fill(scene, request).split(' ');
  const body = bodyOf(scene, step);
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(step.headers ?? {}))
    if (value === '') delete headers[name];
    else headers[name] = fill(scene, value);
  const asked = { method, path, headers, body };
  if (step.open || step.events) {
    const answer = open(scene.target, asked);
    const name = step.open ?? '';
    scene.opened.set(name, { answer, read: 0 });
    if (!step.events) return {};
    const found = await read(scene, step, name);
    if (!step.open) answer.close();
    return found;
  }
  const answer = await ask(scene.target, asked);
  const seen = { status: answer.status, headers: tellingHeaders(answer.headers) };
  if (isWatch(path) && answer.status === 200)
    return { ...seen, events: answer.body.split('\n').filter(Boolean).map(parsed) };
  return { ...seen, body: parsed(answer.body) };
};

const runKubectl = async (scene: Scene, step: Step, line: string): Promise<Partial<Observation>> => {
  const { code, stdout, stderr } = await scene.kubectl.run(splitArguments(fill(scene, line)), {
    namespace: scene.namespace,
    input: fill(scene, step.input ?? ''),
    environment: step.environment ?? {},
  });
  const json = stdout.startsWith('{') ? { body: parsed(stdout) } : { stdout };
  return { code, ...json, stderr };
};

const once = async (scene: Scene, step: Step): Promise<Partial<Observation>> => {
  if (step.request) return send(scene, step, step.request);
  if (step.kubectl) return runKubectl(scene, step, step.kubectl);
  if (step.from) return read(scene, step, step.from);
  if (step.compact) await scene.target.compact();
  return {};
};

const matches = (step: Step, found: Partial<Observation>): boolean => {
  if (step.until === undefined) return true;
  if (typeof step.until === 'number') return found.status === step.until;
  return `${found.stdout}${found.stderr}${JSON.stringify(found.body)}`.includes(step.until);
};

const perform = (scene: Scene, step: Step): Promise<Partial<Observation>> => {
  let last: Partial<Observation> | undefined;
  const look = async () => {
    last = await once(scene, step);
    return matches(step, last) && last;
  };
  return until(`${step.until}`, look, { everyMs: 100, seen: () => JSON.stringify(last).slice(0, 2000) });
};

/** Keeps only what a step is about, by paths into the observation. */
const limited = (found: Partial<Observation>, only: readonly string[] | undefined): Partial<Observation> => {
  if (!only || found.failed) return found;
  const result: Record<string, unknown> = {};
  for (const path of only) {
    const value = valueAt(found, path);
    if (value !== undefined) result[path] = value;
  }
  return result as Partial<Observation>;
};

const runStep = async (scene: Scene, step: Step): Promise<Observation> => {
  const found = await perform(scene, step).catch((error: Error) => ({ failed: error.message }));
  // What a wrong answer lacks shows in that answer; later steps go on without it.
  for (const [name, where] of Object.entries(step.keep ?? {}))
    scene.kept.set(name, String(valueAt(found, where) ?? 'missing'));
  const asked =
    step.request ??
    (step.kubectl ? `kubectl ${step.kubectl}` : step.from ? `events of ${step.from}` : 'compact');
  return { step: step.name, asked, ...limited(found, step.only) };
};

/** Runs a chapter in its own namespace. */
export const runChapter = async (
  target: Target,
  kubectl: Kubectl,
  { name, steps }: Chapter,
): Promise<readonly Observation[]> => {
  const namespace = `c-${name}`;
  await target.createNamespace(namespace);
  const samples = `/apis/conformance.causeway.dev/v1/namespaces/${namespace}/samples`;
  const scene: Scene = {
    target,
    kubectl,
    namespace,
    kept: new Map([
      ['ns', namespace],
      ['samples', samples],
    ]),
    opened: new Map(),
  };
  const observations: Observation[] = [];
  try {
    for (const step of steps) observations.push(await runStep(scene, step));
  } finally {
    for (const { answer } of scene.opened.values()) answer.close();
  }
  return observations;
};

/** Runs the whole script; what came of each chapter, by its name. */
export const runScript = async (
  target: Target,
  chapters: readonly Chapter[],
): Promise<ReadonlyMap<string, readonly Observation[]>> => {
  const kubectl = await createKubectl(target);
  const observed = new Map<string, readonly Observation[]>();
  try {
    for (const chapter of chapters) observed.set(chapter.name, await runChapter(target, kubectl, chapter));
  } finally {
    await kubectl.close();
  }
  return observed;
};
