import { address } from './api.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { badge, toneOf } from './phase.js';
import { sourceLink } from './route.js';
import { section } from './section.js';
import { ago, between, duration, shortCommit } from './words.js';

/** @typedef {import('@causeway/model').Build} Build */

/** How many builds are shown; the list’s JSON has the rest. */
const shown = 8;

/** @type {Record<string, import('./phase.js').Tone>} */
const stepTone = { Succeeded: 'good', Failed: 'bad', Running: 'busy' };

/**
 * The steps of a build with how long each took, in seconds.
 * @param {Build} build
 * @param {number} now
 */
export const stepsOf = ({ status }, now) =>
  (status?.steps ?? []).map(({ name, state, message, startedAt, finishedAt }) => ({
    name,
    state,
    message,
    seconds: state === 'Skipped' ? 0 : (between(startedAt, finishedAt, now) ?? 0),
  }));

/** Where the time went: each step as wide as its share. @param {ReturnType<typeof stepsOf>} steps */
const bar = steps =>
  h(
    'span',
    { class: 'bar', 'aria-hidden': 'true' },
    steps
      .filter(({ state }) => state !== 'Skipped')
      .map(({ name, state, seconds }) =>
        h('i', {
          key: name,
          class: stepTone[state],
          style: { 'flex-grow': String(Math.max(seconds * 1000, 1)) },
        }),
      ),
  );

/** @param {Build} build @param {number} now */
const view = (build, now) => {
  const { metadata, spec, status } = build;
  const steps = stepsOf(build, now);
  const phase = status?.phase ?? 'Pending';
  const own = { team: metadata.namespace, name: metadata.name };
  return h(
    'li',
    { key: metadata.uid },
    h(
      'details',
      {},
      h(
        'summary',
        {},
        h('b', {}, metadata.name),
        badge(toneOf('build', phase), phase),
        h(
          'span',
          { class: 'quiet' },
          shortCommit(spec.commit),
          ' · ',
          spec.requestedBy,
          ' · ',
          ago(metadata.creationTimestamp, now),
        ),
        h('span', { class: 'figure' }, duration(between(status?.startedAt, status?.finishedAt, now))),
        bar(steps),
      ),
      h(
        'table',
        { class: 'steps' },
        h('caption', {}, 'Steps of ', metadata.name),
        h(
          'tbody',
          {},
          steps.map(({ name, state, message, seconds }) =>
            h(
              'tr',
              { key: name },
              h('th', { scope: 'row' }, badge(stepTone[state] ?? 'idle', name)),
              h('td', {}, message ?? state),
              h('td', { class: 'figure' }, state === 'Skipped' ? 'skipped' : duration(seconds)),
            ),
          ),
        ),
      ),
      status?.failure && failureNote(status.failure, 'Why it failed'),
      h(
        'p',
        { class: 'links' },
        h('a', { href: sourceLink(`${address('builds', own)}/log`) }, 'Whole log'),
        h('a', { href: sourceLink(address('builds', own)) }, 'JSON'),
      ),
    ),
  );
};

/**
 * @param {readonly Build[]} builds newest first
 * @param {string} source address of the list
 * @param {number} now
 */
export const buildsView = (builds, source, now) =>
  section(
    'Builds',
    source,
    builds.length === 0
      ? h('p', { class: 'quiet' }, 'Nothing has been built yet. A push starts a build.')
      : h(
          'ul',
          { class: 'builds' },
          builds.slice(0, shown).map(build => view(build, now)),
        ),
    builds.length > shown && h('p', { class: 'quiet' }, `The newest ${shown} of ${builds.length}.`),
  );
