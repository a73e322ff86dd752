import { mergeMethods } from './change-actions.js';
import { h } from './element.js';
import { badge } from './phase.js';
import { ago, shortCommit, webAddress } from './words.js';

/** How it stands with the merge, and what there is to press. @param {import('./change-page.js').State} state @param {import('@causeway/model').ChangeRequest} change @param {number} now */
export const decisionView = ({ team, may, user, method, busy, onMethod, onAct }, { spec, status }, now) => {
  const { merged, mergeable, approvals = [], head = '' } = status ?? {};
  if (merged)
    return h(
      'p',
      { key: 'decision', class: 'note' },
      `${merged.by} merged it ${ago(merged.at, now)} (${merged.method}): ${spec.target} is at `,
      h('code', { title: merged.commit }, shortCommit(merged.commit)),
      ' since then.',
    );
  const closed = spec.closed || status?.phase === 'Closed';
  const ready = !closed && mergeable?.ready === true;
  const said = closed ? 'it is closed' : (mergeable?.message ?? 'its branches are being compared');
  const own = user === spec.author;
  const approved = approvals.some(({ by, commit }) => by === user && commit === head);
  /** @param {string} word @param {import('./change-actions.js').ChangeAction} action @param {object} [more] @param {Record<string, string>} [body] */
  const button = (word, action, more = {}, body = {}) =>
    h(
      'button',
      { key: action, type: 'button', disabled: busy, ...more, onclick: () => onAct(action, body) },
      word,
    );
  return h(
    'section',
    { key: 'decision', class: 'card' },
    h(
      'p',
      {},
      badge(ready ? 'good' : closed ? 'idle' : 'busy', ready ? 'Can be merged' : 'Not to be merged yet'),
    ),
    h('p', {}, `${said[0]?.toUpperCase()}${said.slice(1)}.`),
    spec.forge
      ? h(
          'p',
          {},
          `It lives in ${spec.forge.name}, and is decided there: `,
          webAddress(spec.forge.url) && h('a', { href: spec.forge.url }, spec.forge.url),
        )
      : !may
        ? h(
            'p',
            { class: 'quiet' },
            `You may look. To decide, have an owner of ${team} make you a developer there.`,
          )
        : h(
            'p',
            { class: 'buttons' },
            closed
              ? button('Reopen', 'reopen')
              : [
                  button('Merge', 'merge', { class: 'main', disabled: busy || !ready }, { method }),
                  h(
                    'select',
                    {
                      key: 'method',
                      value: method,
                      'aria-label': 'How it is merged',
                      disabled: !ready,
                      onchange: (/** @type {any} */ event) => onMethod(event.target.value),
                    },
                    Object.entries(mergeMethods).map(([value, words]) =>
                      h(
                        'option',
                        {
                          key: value,
                          value,
                          disabled: value === 'fast-forward' && (status?.behind ?? 0) > 0,
                        },
                        words,
                      ),
                    ),
                  ),
                  !own && !approved && button('Approve', 'approve', {}, head ? { commit: head } : {}),
                  button('Close', 'close'),
                ],
          ),
    may &&
      own &&
      !closed &&
      !spec.forge &&
      h('p', { class: 'quiet' }, 'You opened it: somebody else approves it.'),
  );
};
