import { address, Failure } from './api.js';
import { buildsView } from './builds-view.js';
import { stationsOf, storyView } from './change-story.js';
import { conditionsView } from './conditions-view.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { follow } from './follow.js';
import { insightsView } from './insights-view.js';
import { keepAtIt, pause } from './keep-at-it.js';
import { tailLog } from './log-tail.js';
import { badge, toneOf } from './phase.js';
import { releasesView } from './releases-view.js';
import { replicasView } from './replicas-view.js';
import { rollBack } from './rollback.js';
import { changesLink, environmentsLink, servicesLink } from './route.js';
import { section } from './section.js';
import { ago, shortCommit, webAddress } from './words.js';

/**
 * @typedef {{ builds: import('@causeway/model').Build[], releases: import('@causeway/model').Release[],
 *   rollout: import('@causeway/model').Rollout | undefined, replicas: import('@causeway/model').Replica[] }} Parts
 *   builds and releases newest first
 * @typedef {{ team: string, name: string, service: import('@causeway/model').Service | undefined, gone: boolean, parts: Parts | undefined,
 *   insights: import('./insights-view.js').Insights | undefined, failure: Failure | undefined,
 *   onServe: (release: string, older: boolean) => void, ownLog: (element: HTMLElement) => void }} State
 */

/** The environment whose rollout is shown. */
const production = 'production';

/** @param {State} state */
const addressesOf = ({ team, name }) => ({
  service: address('services', { team, name }),
  builds: address('builds', { team, service: name }),
  releases: address('releases', { team, service: name }),
  rollouts: address('rollouts', { team, service: name }),
  replicas: address('replicas', { team, service: name }),
  insights: `/api/insights?team=${encodeURIComponent(team)}&service=${encodeURIComponent(name)}`,
});

/** Something changes from one second to the next. @param {Parts} parts */
export const underWay = ({ builds, rollout }) =>
  ['Pending', 'Running'].includes(builds[0] ? (builds[0].status?.phase ?? 'Pending') : '') ||
  ['Starting', 'Switching', 'Checking', 'Draining'].includes(rollout?.status?.phase ?? '');

/** @param {NonNullable<State['service']>} service @param {number} now */
const facts = ({ metadata, spec, status }, now) => {
  const url = webAddress(status?.url);
  return h(
    'dl',
    { class: 'facts' },
    h('dt', {}, 'URL'),
    h('dd', {}, url ? h('a', { href: url }, url) : '–'),
    h('dt', {}, 'Clone'),
    h('dd', {}, status?.cloneUrl ? copyable(status.cloneUrl, 'the clone URL') : '–'),
    h('dt', {}, 'Serving'),
    h(
      'dd',
      {},
      status?.release ?? '–',
      status?.commit && h('span', { class: 'quiet', title: status.commit }, ` ${shortCommit(status.commit)}`),
    ),
    h('dt', {}, 'Last push'),
    h(
      'dd',
      {},
      status?.push
        ? [
            status.push.by,
            h('span', { class: 'quiet', title: status.push.at }, ` ${ago(status.push.at, now)}`),
          ]
        : '–',
    ),
    h('dt', {}, 'See'),
    h(
      'dd',
      {},
      h('a', { href: changesLink({ team: metadata.namespace, text: metadata.name }) }, 'change requests'),
      ', ',
      h('a', { href: environmentsLink({ team: metadata.namespace, text: metadata.name }) }, 'environments'),
    ),
    h('dt', {}, 'Created'),
    h(
      'dd',
      { title: metadata.creationTimestamp },
      ago(metadata.creationTimestamp, now),
      spec.template && h('span', { class: 'quiet' }, ` from ${spec.template}`),
    ),
  );
};

/** @param {NonNullable<State['service']>} service @param {Parts['rollout']} rollout @param {number} now */
const conditions = ({ status }, rollout, now) =>
  conditionsView({ Service: status?.conditions, Rollout: rollout?.status?.conditions }, now);

/** @param {NonNullable<State['service']>} service */
const firstPush = ({ metadata, spec, status }) =>
  h(
    'section',
    { key: 'empty', class: 'empty' },
    h('h2', {}, 'Nothing has been pushed yet'),
    h('p', {}, `Push to ${spec.branch}, and see it built and served here:`),
    status?.cloneUrl && copyable(`git clone ${status.cloneUrl}`, 'the command'),
    h(
      'p',
      { class: 'quiet' },
      h('code', {}, `cd ${metadata.name}`),
      ', add your program, commit, ',
      h('code', {}, 'git push'),
    ),
  );

/**
 * @param {State} state
 * @param {number} now
 */
export const serviceView = (state, now) => {
  const { team, name, service, gone, parts, insights, failure } = state;
  const sources = addressesOf(state);
  const { status, spec } = service ?? {};
  const head = h(
    'div',
    { key: 'head', class: 'head' },
    h(
      'p',
      { class: 'quiet' },
      h('a', { href: servicesLink() }, 'Services'),
      ' / ',
      h('a', { href: servicesLink({ team }) }, team),
    ),
    h('h1', {}, name, service && badge(toneOf('service', status?.phase), status?.phase ?? 'Pending')),
    spec?.description && h('p', {}, spec.description),
  );
  if (gone)
    return [
      head,
      h('p', { key: 'gone', class: 'empty' }, 'There is no such service in this team, or it was deleted.'),
    ];
  if (!service || !parts)
    return [
      head,
      failure
        ? failureNote(failure, 'This service cannot be read')
        : h('p', { key: 'wait', class: 'wait' }, 'Loading'),
    ];
  const { builds, releases, rollout, replicas } = parts;
  if (builds.length === 0 && !status?.push)
    return [
      head,
      firstPush(service),
      h(
        'div',
        { key: 'columns', class: 'columns' },
        section('Service', sources.service, facts(service, now)),
        section('Conditions', sources.service, conditions(service, rollout, now)),
      ),
    ];
  return [
    head,
    builds[0] &&
      section(
        'Newest change',
        sources.rollouts,
        storyView(stationsOf({ service, build: builds[0], rollout }, now)),
      ),
    status?.failure &&
      failureNote(status.failure, status.release ? 'The newest change failed' : 'It does not run'),
    h(
      'div',
      { key: 'columns', class: 'columns' },
      section('Service', sources.service, facts(service, now)),
      insightsView(insights, sources.insights),
      section('Conditions', sources.service, conditions(service, rollout, now)),
      replicasView(replicas, sources.replicas, now),
    ),
    releasesView({ releases, rollout, onServe: state.onServe }, sources.releases, now),
    buildsView(builds, sources.builds, now),
    h(
      'section',
      { key: 'log' },
      h(
        'div',
        { class: 'heading' },
        h('h2', {}, 'Log'),
        h('a', { class: 'source', href: `#/source${sources.service}/log?tail=1000` }, 'Last 1000 lines'),
      ),
      h('pre', {
        class: 'log',
        tabindex: 0,
        role: 'log',
        'aria-live': 'off',
        'aria-label': `Log of ${name}`,
        own: state.ownLog,
      }),
      h(
        'p',
        { class: 'quiet' },
        'Live: what all replicas print. In a terminal: ',
        h('code', {}, `platform logs -f ${name}`),
      ),
    ),
  ];
};

/** Newest first. @template {{ spec: { sequence: number } }} T @param {{ items: T[] }} list */
const newestFirst = ({ items }) => items.sort((a, b) => b.spec.sequence - a.spec.sequence);

/**
 * One service, live. Only the service is watched: a browser has few connections to one server. Its parts are read again
 * when it changes, twice a second while something is under way, and now and then otherwise.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, name: string }} which
 */
export const servicePage = ({ api, signal, refresh, connection, say }, which) => {
  /** @type {State} */
  const state = {
    ...which,
    service: undefined,
    gone: false,
    parts: undefined,
    insights: undefined,
    failure: undefined,
    onServe: (release, older) =>
      rollBack(api, which, release, older)
        .then(asked => asked && say(`${release} is on its way to production.`))
        .catch(error => say(`${error.message} ${error.next ?? ''}`))
        .finally(() => changed.abort()),
    ownLog: element => tailLog(element, api, `${sources.service}/log`, signal),
  };
  const sources = addressesOf(state);
  let changed = new AbortController();

  /** @param {AbortSignal} turn */
  const readParts = async turn => {
    const [builds, releases, rollouts, replicas] = await Promise.all(
      [sources.builds, sources.releases, sources.rollouts, sources.replicas].map(source =>
        api.json(source, { signal: turn }),
      ),
    );
    const rollout = rollouts.items.find((/** @type {any} */ one) => one.spec.environment === production);
    state.parts = {
      builds: newestFirst(builds),
      releases: newestFirst(releases),
      rollout,
      replicas: replicas.items,
    };
    refresh();
    if (underWay(state.parts)) return 500;
    state.insights = (await api.json(sources.insights, { signal: turn })).total;
    refresh();
    return 10_000;
  };
  /** @param {Failure} failure */
  const onLost = failure => {
    state.failure = failure;
    connection(failure);
  };
  follow(
    api,
    `${address('services', { team: which.team })}?fieldSelector=${encodeURIComponent(`metadata.name=${which.name}`)}`,
    {
      signal,
      onObjects([service]) {
        state.service = service ?? state.service;
        state.gone = service === undefined;
        changed.abort();
        connection();
      },
      onLost,
    },
  );
  keepAtIt(
    signal,
    async turn => {
      while (!turn.aborted) {
        changed = new AbortController();
        const patience = await readParts(turn);
        await pause(patience, AbortSignal.any([turn, changed.signal]));
      }
    },
    onLost,
  );
  return { title: which.name, view: (/** @type {number} */ now) => serviceView(state, now) };
};
