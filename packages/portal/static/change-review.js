import { h } from './element.js';
import { badge } from './phase.js';
import { ago, shortCommit } from './words.js';

/** @typedef {import('@causeway/model').ChangeRequest} ChangeRequest */

/** Who must approve and who did; an approval of an older commit no longer counts. @param {ChangeRequest} change @param {number} now */
export const approvalsView = ({ status }, now) => {
  const { approvals = [], reviewers = [], head } = status ?? {};
  const counting = new Set(approvals.flatMap(({ by, commit }) => (commit === head ? [by] : [])));
  const waiting = reviewers.filter(name => !counting.has(name));
  if (approvals.length === 0 && waiting.length === 0)
    return h('p', { class: 'quiet' }, 'Nobody has approved it, and CODEOWNERS asks for nobody.');
  return h(
    'ul',
    { class: 'rows' },
    approvals.map(({ by, at, commit }) =>
      h(
        'li',
        { key: `${by} ${commit}` },
        badge(commit === head ? 'good' : 'idle', by),
        h(
          'span',
          { class: 'quiet', title: at },
          `approved ${shortCommit(commit)} ${ago(at, now)}`,
          commit !== head && ', no longer the newest commit',
        ),
      ),
    ),
    waiting.map(name =>
      h(
        'li',
        { key: `waiting ${name}` },
        badge('idle', name),
        h('span', { class: 'quiet' }, 'asked by CODEOWNERS'),
      ),
    ),
  );
};

/**
 * What was said, the oldest first, and where to say more.
 * @param {ChangeRequest} change
 * @param {{ text: string, busy: boolean, may: boolean, onText: (text: string) => void, onComment: () => void }} saying
 * @param {number} now
 */
export const commentsView = ({ status }, { text, busy, may, onText, onComment }, now) => [
  (status?.comments ?? []).length === 0 && h('p', { class: 'quiet' }, 'Nobody has said anything yet.'),
  h(
    'ul',
    { class: 'comments' },
    status?.comments?.map(({ by, at, text: said, path, line }, index) =>
      h(
        'li',
        { key: `${at} ${index}` },
        h(
          'p',
          {},
          h('b', {}, by),
          ' ',
          h('span', { class: 'quiet', title: at }, ago(at, now)),
          path && [
            h('span', { class: 'quiet' }, ' on '),
            h('code', {}, line === undefined ? path : `${path}:${line}`),
          ],
        ),
        h('p', { class: 'said-text' }, said),
      ),
    ),
  ),
  may &&
    h(
      'form',
      {
        class: 'say',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          onComment();
        },
      },
      h('label', { for: 'comment' }, 'Comment'),
      h('textarea', {
        id: 'comment',
        rows: 3,
        maxlength: 16_384,
        value: text,
        oninput: (/** @type {any} */ event) => onText(event.target.value),
      }),
      h('p', {}, h('button', { disabled: busy || !text.trim() }, 'Comment')),
    ),
];
