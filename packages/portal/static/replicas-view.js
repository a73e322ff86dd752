import { h } from './element.js';
import { prose } from './failure-note.js';
import { badge, toneOf } from './phase.js';
import { section } from './section.js';
import { ago, plural } from './words.js';

/** @typedef {import('@causeway/model').Replica} Replica */

/** Those that run or should; what has stopped or has done its work is history. @param {readonly Replica[]} replicas */
export const presentReplicas = replicas =>
  replicas
    .filter(
      ({ spec, status }) =>
        spec.mode === 'service' && status?.phase !== 'Stopped' && !(spec.stop && status?.phase === 'Failed'),
    )
    .sort(
      (a, b) =>
        a.spec.environment.localeCompare(b.spec.environment) ||
        a.metadata.name.localeCompare(b.metadata.name, 'en', { numeric: true }),
    );

/**
 * @param {readonly Replica[]} replicas
 * @param {string} source address of the list
 * @param {number} now
 */
export const replicasView = (replicas, source, now) => {
  const present = presentReplicas(replicas);
  return section(
    'Replicas',
    source,
    present.length === 0 && h('p', { class: 'quiet' }, 'Nothing runs.'),
    present.length > 0 &&
      h(
        'ul',
        { class: 'rows' },
        present.map(({ metadata, spec, status }) =>
          h(
            'li',
            { key: metadata.uid },
            h('b', {}, `${spec.process}.${spec.index}`),
            badge(toneOf('replica', status?.phase), status?.phase ?? 'Pending'),
            h(
              'span',
              { class: 'quiet' },
              `${spec.release} · ${spec.environment}`,
              status?.readyAt && ` · ready ${ago(status.readyAt, now)}`,
            ),
            (status?.restarts ?? 0) > 0 && h('span', {}, plural(status?.restarts ?? 0, 'restart')),
            status?.failure && h('p', {}, prose(`${status.failure.message} ${status.failure.next}`)),
          ),
        ),
      ),
  );
};
