import { h } from './element.js';
import { ago, between, duration, shortCommit } from './words.js';

/**
 * @typedef {import('@causeway/model').Build} Build
 * @typedef {import('@causeway/model').Rollout} Rollout
 * @typedef {import('@causeway/model').Service} Service
 * @typedef {{ name: string, tone: import('./phase.js').Tone, said: string, detail?: string | undefined }} Station
 */

/** @param {Build} build @param {number} now @returns {Station} */
const built = ({ status = {} }, now) => {
  const took = duration(between(status.startedAt, status.finishedAt, now));
  const step = status.steps?.findLast(({ state }) => state === 'Running');
  switch (status.phase) {
    case 'Succeeded':
      return { name: 'Built', tone: 'good', said: `in ${took}` };
    case 'Failed':
      return { name: 'Build failed', tone: 'bad', said: `after ${took}`, detail: status.failure?.code };
    case 'Superseded':
      return { name: 'Overtaken', tone: 'idle', said: `by ${status.supersededBy ?? 'a newer push'}` };
    case 'Running':
      return { name: 'Building', tone: 'busy', said: step?.name ?? 'starting', detail: took };
    default:
      return { name: 'Build', tone: 'busy', said: 'waits for the agent' };
  }
};

/** What a rollout has come to with one release: how its start went, then the switch of the traffic. */
/** @param {string} release @param {Rollout | undefined} rollout @returns {[Station, Station]} */
const rolledOut = (release, rollout) => {
  /** @type {Station} */
  const notServing = { name: 'Serving', tone: 'idle', said: 'not yet' };
  /** @type {Station} */
  const started = { name: 'Started', tone: 'good', said: 'ready' };
  const { spec, status } = rollout ?? {};
  if (spec && spec.release !== release && spec.pin)
    return [
      { name: 'Held back', tone: 'idle', said: `${spec.pin.by} rolled back` },
      { ...notServing, said: `${spec.release} serves` },
    ];
  if (status?.serving?.release === release)
    return [started, { name: 'Serving', tone: 'good', said: 'takes the traffic' }];
  if (status?.failed?.release === release) {
    const { code } = status.failed.failure;
    const kept = status.serving ? `${status.serving.release} keeps serving` : 'nothing serves';
    return code === 'SmokeCheckFailed'
      ? [started, { name: 'Check failed', tone: 'bad', said: kept, detail: code }]
      : [
          { name: 'Start failed', tone: 'bad', said: kept, detail: code },
          { ...notServing, said: 'not reached' },
        ];
  }
  if (status?.target?.release === release) {
    if (status.phase === 'Switching')
      return [started, { name: 'Switching', tone: 'busy', said: 'the gateway changes over' }];
    if (status.phase === 'Checking')
      return [started, { name: 'Checking', tone: 'busy', said: 'smoke check' }];
  }
  return [{ name: 'Starting', tone: 'busy', said: 'until it is ready' }, notServing];
};

/**
 * The newest change of a service and how far it has come: pushed, built, started, serving.
 * @param {{ service: Service, build: Build | undefined, rollout: Rollout | undefined }} scene
 * @param {number} now
 * @returns {Station[]}
 */
export const stationsOf = ({ service, build, rollout }, now) => {
  if (!build) return [];
  const { push } = service.status ?? {};
  const pushed = push && push.sequence === build.spec.sequence ? push.at : build.metadata.creationTimestamp;
  /** @type {Station} */
  const first = {
    name: build.spec.reason === 'deploy' ? 'Deploy asked' : 'Pushed',
    tone: 'good',
    said: `${shortCommit(build.spec.commit)} by ${build.spec.requestedBy}`,
    detail: ago(pushed, now),
  };
  if (build.status?.phase !== 'Succeeded')
    return [
      first,
      built(build, now),
      { name: 'Start', tone: 'idle', said: 'not yet' },
      { name: 'Serving', tone: 'idle', said: 'not yet' },
    ];
  const [start, serving] = rolledOut(build.metadata.name, rollout);
  const since = rollout?.status?.serving?.since;
  // After a rollback the same release may serve a second time: the way from the push is then no measure of it.
  if (serving.tone === 'good' && since && !rollout.spec.pin)
    serving.detail = `${duration(between(pushed, since, now))} after the ${build.spec.reason}`;
  return [first, built(build, now), start, serving];
};

/** @param {Station[]} stations */
export const storyView = stations =>
  h(
    'ol',
    { class: 'story' },
    stations.map(({ name, tone, said, detail }, index) =>
      h(
        'li',
        { key: index, class: tone },
        h('b', {}, name),
        h('span', {}, said),
        detail && h('span', { class: 'quiet' }, detail),
      ),
    ),
  );
