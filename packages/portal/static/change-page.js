import { address, mayChange } from './api.js';
import { actOnChange } from './change-actions.js';
import { decisionView } from './change-decision.js';
import { diffView, readDiff } from './change-diff.js';
import { checksView, commitsView, environmentsView, filesView } from './change-facts.js';
import { planView } from './change-plan.js';
import { approvalsView, commentsView } from './change-review.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { follow } from './follow.js';
import { badge, toneOf } from './phase.js';
import { changesLink, serviceLink, sourceLink } from './route.js';
import { section } from './section.js';
import { ago, plural } from './words.js';

/**
 * @typedef {import('@causeway/model').ChangeRequest} ChangeRequest
 * @typedef {import('./change-actions.js').ChangeAction} ChangeAction
 * @typedef {{ team: string, name: string, change: ChangeRequest | undefined, gone: boolean, may: boolean | undefined, user: string | undefined,
 *   failure?: import('./api.js').Failure | undefined, refused?: { title: string, failure: import('./api.js').Failure } | undefined,
 *   diff?: import('./element.js').Content, diffFailure?: import('./api.js').Failure | undefined, method: string, comment: string, busy: boolean,
 *   onMethod: (method: string) => void, onText: (text: string) => void,
 *   onAct: (action: ChangeAction, body: Record<string, string>) => void }} State
 */

/** @param {ChangeRequest} change @param {number} now */
const whatItIs = ({ metadata, spec, status }, now) => {
  const { size, behind = 0 } = status ?? {};
  return h(
    'p',
    { class: 'quiet' },
    `${spec.author} wants `,
    h('code', {}, spec.source),
    ' in ',
    h('code', {}, spec.target),
    size &&
      `, ${plural(size.commits, 'commit')}, ${plural(size.files, 'file')} (+${size.added} −${size.removed})`,
    `, opened ${ago(metadata.creationTimestamp, now)}`,
    behind > 0 && !status?.merged && `; ${spec.target} is ${plural(behind, 'commit')} ahead`,
  );
};

/** @param {State} state @param {number} now */
export const changeView = (state, now) => {
  const { team, name, change, gone, failure, refused, diff, diffFailure } = state;
  const head = h(
    'div',
    { key: 'head', class: 'head' },
    h(
      'p',
      { class: 'quiet' },
      h('a', { href: changesLink() }, 'Change requests'),
      ' / ',
      h('a', { href: changesLink({ team }) }, team),
      ' / ',
      name,
    ),
    h(
      'h1',
      {},
      change?.spec.title ?? name,
      change && badge(toneOf('change', change.status?.phase ?? 'Open'), change.status?.phase ?? 'Open'),
    ),
    change && whatItIs(change, now),
    change?.spec.description && h('p', { class: 'said-text' }, change.spec.description),
  );
  if (gone)
    return [
      head,
      h(
        'p',
        { key: 'gone', class: 'empty' },
        'There is no such change request in this team, or it was deleted.',
      ),
    ];
  if (!change || state.may === undefined)
    return [
      head,
      failure
        ? failureNote(failure, 'This change request cannot be read')
        : h('p', { key: 'wait', class: 'wait' }, 'Loading'),
    ];
  const own = address('changerequests', { team, name });
  const { checks = [], plan, environments = [], phase = 'Open' } = change.status ?? {};
  return [
    head,
    decisionView(state, change, now),
    refused && failureNote(refused.failure, refused.title),
    h(
      'div',
      { key: 'columns', class: 'columns' },
      phase === 'Open' && section('Checks', own, checksView(checks)),
      section('Approvals', own, approvalsView(change, now)),
      section(
        'Commits',
        own,
        h(
          'p',
          { class: 'quiet' },
          'Of ',
          h('a', { href: serviceLink(team, change.spec.service) }, change.spec.service),
        ),
        commitsView(change),
      ),
      section('Files', own, filesView(change)),
    ),
    section('Environments', own, environmentsView(team, environments, now)),
    plan && section('Plan', own, planView(plan)),
    !change.spec.forge &&
      h(
        'section',
        { key: 'diff' },
        h(
          'div',
          { class: 'heading' },
          h('h2', {}, 'Changes'),
          h('a', { class: 'source', href: sourceLink(`${own}/diff`) }, 'Unified diff'),
        ),
        diffFailure && failureNote(diffFailure, 'The changes cannot be read'),
        diff ?? (!diffFailure && h('p', { class: 'wait' }, 'Loading')),
      ),
    section(
      'Comments',
      own,
      commentsView(
        change,
        {
          text: state.comment,
          busy: state.busy,
          may: !change.spec.forge && state.may === true,
          onText: state.onText,
          onComment: () => state.onAct('comment', { text: state.comment.trim() }),
        },
        now,
      ),
    ),
    h(
      'p',
      { key: 'terminal', class: 'terminal' },
      h('span', { class: 'quiet' }, 'In a terminal:'),
      copyable(`platform change describe ${name} --team ${team}`, 'the command'),
    ),
  ];
};

const done = {
  approve: 'Approved, at the commit that you see.',
  comment: 'Said.',
  merge: 'Merged. What becomes of it is shown here.',
  close: 'Closed. Its branch stays.',
  reopen: 'Open again.',
};

/**
 * One change request, live; its diff is read again when its branches move.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, name: string }} which
 */
export const changePage = ({ api, signal, refresh, connection, say, person }, which) => {
  /** @type {State} */
  const state = {
    ...which,
    change: undefined,
    gone: false,
    may: undefined,
    user: person(),
    method: 'merge',
    comment: '',
    busy: false,
    onMethod(method) {
      state.method = method;
      refresh();
    },
    onText(text) {
      state.comment = text;
      refresh();
    },
    async onAct(action, body) {
      if (!state.change) return;
      state.busy = true;
      state.refused = undefined;
      refresh();
      try {
        if (await actOnChange(api, state.change, action, body, signal)) {
          say(done[action]);
          if (action === 'comment') state.comment = '';
        }
      } catch (error) {
        state.refused = { title: 'This was not done', failure: /** @type {any} */ (error) };
      }
      state.busy = false;
      refresh();
    },
  };
  let compared = '';
  const readChanges = async () => {
    const { base, head } = state.change?.status ?? {};
    if (!base || !head || state.change?.spec.forge || compared === `${base} ${head}`) return;
    compared = `${base} ${head}`;
    const mine = compared;
    try {
      const lines = api.lines(`${address('changerequests', which)}/diff`, { signal, accept: '*/*' });
      const view = diffView(await readDiff(lines));
      if (mine !== compared) return;
      state.diff = view;
      state.diffFailure = undefined;
    } catch (error) {
      if (mine === compared) state.diffFailure = /** @type {any} */ (error);
    }
    refresh();
  };
  follow(
    api,
    `${address('changerequests', { team: which.team })}?fieldSelector=${encodeURIComponent(`metadata.name=${which.name}`)}`,
    {
      signal,
      onObjects([change]) {
        state.change = change ?? state.change;
        state.gone = change === undefined;
        readChanges();
        connection();
      },
      onLost(failure) {
        state.failure = failure;
        connection(failure);
      },
    },
  );
  mayChange(api, which.team, 'services', signal).then(may => {
    state.may = may;
    refresh();
  });
  return {
    title: which.name,
    view: (/** @type {number} */ now) => changeView({ ...state, user: person() }, now),
  };
};
