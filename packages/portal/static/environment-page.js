import { address, mayChange } from './api.js';
import { conditionsView } from './conditions-view.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { fileOf, phaseOf, servicesOf, subjectOf, typeOf } from './environment.js';
import { act, actionsOf } from './environment-actions.js';
import { standingView, stepsView } from './environment-services.js';
import { failureNote } from './failure-note.js';
import { follow } from './follow.js';
import { keepAtIt, pause } from './keep-at-it.js';
import { badge, toneOf } from './phase.js';
import { environmentRequestLink, environmentsLink } from './route.js';
import { section } from './section.js';
import { ago, duration, timeInWords, until } from './words.js';

/**
 * @typedef {import('./environment-actions.js').Action} Action
 * @typedef {{ team: string, name: string, requests: import('@causeway/model').EnvironmentRequest[] | undefined,
 *   environments: import('@causeway/model').Environment[] | undefined, rollouts: import('@causeway/model').Rollout[] | undefined,
 *   failure?: import('./api.js').Failure | undefined, may: boolean | undefined, busy: string | undefined,
 *   refused: { title: string, failure: import('./api.js').Failure } | undefined, onAct: (action: Action) => void }} State
 */

/** A list of what is known: names with texts, those without a text left out. @param {[string, import('./element.js').Content][]} rows */
const factList = rows =>
  h(
    'dl',
    { class: 'facts' },
    rows
      .filter(([, text]) => text !== undefined && text !== '' && text !== false)
      .map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
  );

/** @param {import('./environment.js').Found} found @param {number} now */
const facts = (found, now) => {
  const { metadata, spec, status } = subjectOf(found);
  const { expiresAt, readyAfterMs } = status ?? {};
  const { schedule } = spec;
  const standing = typeOf(found) === 'standing' ? found.environment?.spec : undefined;
  const gone = found.request?.status?.gone;
  return factList([
    ['Type', typeOf(found)],
    ['Purpose', spec.purpose],
    ['Description', spec.description],
    [
      'Expires',
      !gone && [
        until(expiresAt, now),
        expiresAt && h('span', { class: 'quiet' }, ` ${timeInWords(expiresAt)}`),
      ],
    ],
    [
      'Gone',
      gone &&
        `${timeInWords(gone.at)}: ${gone.reason === 'Expired' ? 'its time was over' : 'it was deleted'}`,
    ],
    [standing ? 'Made' : 'Asked for', ago(metadata.creationTimestamp, now)],
    [
      'Ready',
      readyAfterMs !== undefined && !gone && `${duration(readyAfterMs / 1000)} after it was asked for`,
    ],
    ['File', fileOf(found)],
    ['Deploys', standing && (standing.deploys === 'promotion' ? 'by promotion' : 'with each push')],
    ['Gates', standing?.gates?.map(({ name }) => name).join(', ')],
    ['Region', spec.region],
    ['Data', spec.dataClassification],
    ['Size', spec.size],
    ['Sleeps', schedule && `from ${schedule.sleepAt} to ${schedule.wakeAt} ${schedule.timeZone ?? ''}`],
  ]);
};

/** @param {State} state @param {readonly Action[]} actions */
const buttons = ({ team, may, busy, onAct }, actions) => {
  if (actions.length === 0) return undefined;
  if (!may)
    return h(
      'p',
      { key: 'buttons', class: 'quiet' },
      `You may look. To change it, have an owner of ${team} make you a developer there.`,
    );
  return h(
    'p',
    { key: 'buttons', class: 'buttons' },
    actions.map(action =>
      h(
        'button',
        {
          key: action.name,
          type: 'button',
          disabled: busy !== undefined,
          class: action.method === 'DELETE' && 'danger',
          onclick: () => onAct(action),
        },
        action.name,
      ),
    ),
  );
};

/** @param {State} state @param {number} now */
export const environmentView = (state, now) => {
  const { team, name, requests, environments, rollouts, failure, refused, may } = state;
  const found = { team, name, request: requests?.[0], environment: environments?.[0] };
  const there = Boolean(found.request ?? found.environment);
  const phase = there && phaseOf(found);
  const head = h(
    'div',
    { key: 'head', class: 'head' },
    h(
      'p',
      { class: 'quiet' },
      h('a', { href: environmentsLink() }, 'Environments'),
      ' / ',
      h('a', { href: environmentsLink({ team }) }, team),
    ),
    h('h1', {}, name, phase && badge(toneOf('environment', phase), phase)),
  );
  // What runs, and what may be pressed, stands there at once or not at all.
  const isKnown = may !== undefined && (rollouts || environments?.[0]?.spec.type !== 'standing');
  if (!requests || !environments || !isKnown)
    return [
      head,
      failure
        ? failureNote(failure, 'This environment cannot be read')
        : h('p', { key: 'wait', class: 'wait' }, 'Loading'),
    ];
  if (!there)
    return [
      head,
      h(
        'section',
        { key: 'none', class: 'empty' },
        h('h2', {}, `There is no environment '${name}' in ${team}`),
        h('p', {}, 'It never was, or it went with its request.'),
        h('a', { class: 'button', href: environmentRequestLink(team) }, 'Request an environment'),
      ),
    ];
  const subject = subjectOf(found);
  const plural = found.request ? 'environmentrequests' : 'environments';
  const sources = {
    own: address(plural, { team, name }),
    environment: address('environments', { team, name }),
  };
  const services = servicesOf(found);
  const standing = typeOf(found) === 'standing';
  const checked = subject.status?.conditions?.find(({ type }) => type === 'Checked');
  return [
    head,
    buttons(state, actionsOf(found)),
    refused && failureNote(refused.failure, refused.title),
    phase === 'Refused' &&
      checked &&
      failureNote(
        {
          code: checked.reason,
          message: checked.message,
          evidence: [],
          next: 'Correct the request and send it again, or delete it.',
        },
        'It cannot be made',
      ),
    phase !== 'Gone' &&
      section(
        'Services',
        standing ? sources.environment : sources.own,
        standing
          ? standingView(team, rollouts ?? [], subject.status?.urls ?? {}, now)
          : stepsView(team, services, now),
      ),
    h(
      'div',
      { key: 'columns', class: 'columns' },
      section('Environment', sources.own, facts(found, now)),
      section('Conditions', sources.own, conditionsView({ '': subject.status?.conditions }, now)),
    ),
    h(
      'p',
      { key: 'terminal', class: 'terminal' },
      h('span', { class: 'quiet' }, 'In a terminal:'),
      copyable(`platform env describe ${name} --team ${team}`, 'the command'),
    ),
  ];
};

/**
 * One environment, live, from the moment it is asked for until it is gone.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, name: string }} which
 */
export const environmentPage = ({ api, signal, refresh, connection, say }, which) => {
  /** @type {State} */
  const state = {
    ...which,
    requests: undefined,
    environments: undefined,
    rollouts: undefined,
    may: undefined,
    busy: undefined,
    refused: undefined,
    async onAct(action) {
      state.busy = action.name;
      state.refused = undefined;
      refresh();
      try {
        if (await act(api, action, signal)) say(action.said);
      } catch (error) {
        state.refused = { title: `${action.name}: not done`, failure: /** @type {any} */ (error) };
      }
      state.busy = undefined;
      refresh();
    },
  };
  /** @param {import('./api.js').Failure} failure */
  const onLost = failure => {
    state.failure = failure;
    connection(failure);
  };
  const named = `fieldSelector=${encodeURIComponent(`metadata.name=${which.name}`)}`;
  const { team } = which;
  let changed = new AbortController();
  follow(api, `${address('environmentrequests', { team })}?${named}`, {
    signal,
    onObjects(requests) {
      state.requests = requests;
      connection();
    },
    onLost,
  });
  follow(api, `${address('environments', { team })}?${named}`, {
    signal,
    onObjects(environments) {
      state.environments = environments;
      changed.abort();
      connection();
    },
    onLost,
  });
  keepAtIt(
    signal,
    async turn => {
      while (!turn.aborted) {
        changed = new AbortController();
        if (state.environments?.[0]?.spec.type === 'standing') {
          const selector = encodeURIComponent(`spec.environment=${which.name}`);
          const path = `${address('rollouts', { team })}?fieldSelector=${selector}`;
          state.rollouts = (await api.json(path, { signal: turn })).items;
          refresh();
        }
        await pause(2000, AbortSignal.any([turn, changed.signal]));
      }
    },
    onLost,
  );
  mayChange(api, team, 'environments', signal).then(may => {
    state.may = may;
    refresh();
  });
  return { title: which.name, view: (/** @type {number} */ now) => environmentView(state, now) };
};
