import { address, Failure } from './api.js';
import { h } from './element.js';
import { environmentForm } from './environment-form.js';
import { failureNote } from './failure-note.js';
import { environmentLink, environmentsLink } from './route.js';
import { wishOf } from './wish.js';

/** @param {Failure} failure */
const atItsField = failure =>
  failure.code === 'AlreadyExists'
    ? new Failure(
        {
          code: failure.code,
          message: failure.message,
          fields: [
            { field: 'metadata.name', message: 'There is one of this name already. Choose another name.' },
          ],
        },
        failure.status,
      )
    : failure;

const unnamed = new Failure({
  code: 'Invalid',
  message: 'The environment needs a name.',
  fields: [{ field: 'metadata.name', message: 'It needs a name, such as payments-staging.' }],
});

/** The teams that have services first: nothing can run for the others. @param {readonly any[]} teams @param {readonly any[]} services */
const teamsOf = (teams, services) => {
  const having = new Set(services.map(({ metadata }) => metadata.namespace));
  const all = new Set([...having, ...teams.map(({ metadata }) => metadata.name)]);
  return [...all].sort((a, b) => Number(having.has(b)) - Number(having.has(a)) || (a < b ? -1 : 1));
};

/**
 * Asks for an environment. What is filled in is tried by the platform after each field, and sent when the person says so; how it
 * comes about is on its own page.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string }} which
 */
export const environmentRequestPage = ({ api, signal, refresh }, which) => {
  /** @type {any[] | undefined} */
  let services;
  /** @type {Failure | undefined} */
  let failure;
  let asking = new AbortController();
  /** @type {import('./environment-form.js').State} */
  const state = {
    team: which.team,
    teams: [],
    services: [],
    regions: [],
    filled: {
      name: '',
      purpose: '',
      lifetime: '7d',
      region: '',
      classification: 'internal',
      services: {},
    },
    verdict: 'none',
    sending: false,
    onTeam(team) {
      state.filled = { ...state.filled, services: {} };
      toTeam(team);
    },
    onFill(change) {
      state.filled = { ...state.filled, ...change };
      state.verdict = 'none';
      refresh();
    },
    onCheck: () => check(),
    onSend: () => send(),
  };
  const toTeam = (/** @type {string} */ team) => {
    state.team = team;
    state.services = (services ?? [])
      .filter(({ metadata }) => metadata.namespace === team)
      .map(({ metadata }) => metadata.name)
      .sort();
    // One service alone is what is meant.
    const [only, ...others] = state.services;
    if (only && others.length === 0) state.filled = { ...state.filled, services: { [only]: '' } };
    refresh();
  };

  /** @param {boolean} dryRun @param {AbortSignal} turn */
  const ask = (dryRun, turn) =>
    api.json(`${address('environmentrequests', { team: state.team })}${dryRun ? '?dryRun=All' : ''}`, {
      method: 'POST',
      body: wishOf(state.team, state.filled),
      signal: turn,
    });
  const check = async () => {
    asking.abort();
    asking = new AbortController();
    const turn = AbortSignal.any([signal, asking.signal]);
    if (!state.filled.name.trim() || Object.keys(state.filled.services).length === 0) {
      state.refused = undefined;
      return refresh();
    }
    state.verdict = 'asking';
    refresh();
    try {
      await ask(true, turn);
      if (turn.aborted) return;
      state.refused = undefined;
      state.verdict = 'fine';
    } catch (error) {
      if (turn.aborted) return;
      state.refused = atItsField(/** @type {any} */ (error));
      state.verdict = 'none';
    }
    refresh();
  };
  const send = async () => {
    asking.abort();
    if (!state.filled.name.trim()) {
      state.refused = unnamed;
      document.getElementById('name')?.focus();
      return refresh();
    }
    state.sending = true;
    state.verdict = 'none';
    refresh();
    try {
      const made = await ask(false, signal);
      location.hash = environmentLink(state.team, made.metadata.name);
    } catch (error) {
      state.refused = atItsField(/** @type {any} */ (error));
      state.sending = false;
      refresh();
      // After the frame that shows what is wrong.
      requestAnimationFrame(() =>
        /** @type {HTMLElement | null} */ (document.querySelector('[aria-invalid]'))?.focus(),
      );
    }
  };

  Promise.all(['services', 'teams', 'environments'].map(plural => api.json(address(plural), { signal })))
    .then(([found, teams, environments]) => {
      services = found.items;
      state.teams = teamsOf(teams.items, found.items);
      state.regions = [
        ...new Set(environments.items.map((/** @type {any} */ one) => one.spec.region).filter(Boolean)),
      ];
      toTeam(state.team || (state.teams[0] ?? ''));
    })
    .catch(error => {
      failure = error;
      refresh();
    });
  return {
    title: 'Request an environment',
    view: () => [
      h(
        'div',
        { key: 'head', class: 'head' },
        h('p', { class: 'quiet' }, h('a', { href: environmentsLink() }, 'Environments')),
        h('h1', {}, 'Request an environment'),
        h('p', { class: 'quiet' }, 'Ready in seconds, and gone when its time is over.'),
      ),
      failure && failureNote(failure, 'Your services cannot be read'),
      !services && !failure && h('p', { key: 'wait', class: 'wait' }, 'Loading'),
      services && environmentForm(state),
    ],
  };
};
