import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { badge, toneOf } from './phase.js';
import { serviceLink } from './route.js';
import { ago, shortCommit, webAddress } from './words.js';

/** @typedef {ReturnType<typeof import('./environment.js').servicesOf>} Services */

/**
 * Each service of an environment: how far it is, since when, what it waits for, and of what failed the last lines.
 * @param {string} team
 * @param {Services} services
 * @param {number} now
 */
export const stepsView = (team, services, now) =>
  h(
    'ul',
    { class: 'rows parted' },
    services.map(({ name, progress, url, from }) =>
      h(
        'li',
        { key: name },
        h('b', {}, h('a', { href: serviceLink(team, name) }, name)),
        badge(toneOf('step', progress?.step), progress?.step ?? 'Waiting'),
        progress && h('span', { class: 'quiet', title: progress.since }, ago(progress.since, now)),
        progress?.commit &&
          h('code', { class: 'quiet', title: progress.commit }, shortCommit(progress.commit)),
        from && h('span', { class: 'quiet' }, from),
        h('p', {}, progress?.message ?? 'Waits for its turn.'),
        webAddress(url) && h('p', {}, h('a', { href: url }, url)),
        progress?.failure && failureNote(progress.failure, `Why ${name} does not serve`),
      ),
    ),
  );

/**
 * What runs in a standing environment, which tells of no steps.
 * @param {string} team
 * @param {readonly import('@causeway/model').Rollout[]} rollouts
 * @param {Readonly<Record<string, string>>} urls by service
 * @param {number} now
 */
export const standingView = (team, rollouts, urls, now) =>
  rollouts.length === 0
    ? h('p', { class: 'quiet' }, 'Nothing runs here yet. A push or a promotion brings the first release.')
    : h(
        'ul',
        { class: 'rows parted' },
        rollouts.map(({ metadata, spec: { service, release }, status }) =>
          h(
            'li',
            { key: metadata.uid },
            h('b', {}, h('a', { href: serviceLink(team, service) }, service)),
            badge(toneOf('rollout', status?.phase), status?.phase ?? 'Waiting'),
            status?.serving &&
              h('span', { class: 'quiet', title: status.serving.since }, ago(status.serving.since, now)),
            h(
              'p',
              {},
              status?.serving ? `${status.serving.release} serves.` : 'Nothing serves.',
              release && release !== status?.serving?.release && ` ${release} is wanted.`,
            ),
            webAddress(urls[service]) && h('p', {}, h('a', { href: urls[service] }, urls[service])),
            status?.failed &&
              failureNote(status.failed.failure, `Why ${status.failed.release} does not serve`),
          ),
        ),
      );
