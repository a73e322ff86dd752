import { h } from './element.js';
import { badge } from './phase.js';
import { section } from './section.js';
import { ago, shortCommit } from './words.js';

/**
 * @typedef {import('@causeway/model').Release} Release
 * @typedef {import('@causeway/model').Rollout} Rollout
 */

/**
 * @param {{ releases: readonly Release[], rollout: Rollout | undefined, onServe: (release: string, older: boolean) => void }} state releases newest first
 * @param {string} source address of the list
 * @param {number} now
 */
export const releasesView = ({ releases, rollout, onServe }, source, now) => {
  const { pin, release: wanted } = rollout?.spec ?? {};
  const serving = rollout?.status?.serving?.release;
  const sequence = releases.find(({ metadata }) => metadata.name === serving)?.spec.sequence ?? 0;
  return section(
    'Releases',
    source,
    pin &&
      h(
        'p',
        { class: 'note' },
        `${pin.by} rolled back to ${wanted} ${ago(pin.at, now)}. It holds until a newer push or deploy.`,
      ),
    releases.length === 0 && h('p', { class: 'quiet' }, 'No release yet. A build that succeeds becomes one.'),
    releases.length > 0 &&
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Release', 'Commit', 'By', 'Runtime', 'Made'].map(name => h('th', { scope: 'col' }, name)),
            h('th', { scope: 'col', class: 'act' }, 'Traffic'),
          ),
        ),
        h(
          'tbody',
          {},
          releases.map(({ metadata: { name, uid, creationTimestamp }, spec }) =>
            h(
              'tr',
              { key: uid },
              h('th', { scope: 'row' }, name),
              h(
                'td',
                { 'data-label': 'Commit' },
                h('code', { title: spec.commit }, shortCommit(spec.commit)),
              ),
              h('td', { 'data-label': 'By' }, spec.createdBy),
              h('td', { 'data-label': 'Runtime' }, spec.artifact.runtime ?? spec.artifact.builder),
              h('td', { 'data-label': 'Made', title: creationTimestamp }, ago(creationTimestamp, now)),
              h(
                'td',
                { class: 'act' },
                name === serving
                  ? badge('good', 'Serving')
                  : name === wanted && rollout?.status?.phase !== 'Failed'
                    ? badge('busy', 'On its way')
                    : h(
                        'button',
                        { type: 'button', onclick: () => onServe(name, spec.sequence < sequence) },
                        spec.sequence < sequence ? 'Roll back to this' : 'Serve this',
                      ),
              ),
            ),
          ),
        ),
      ),
  );
};
