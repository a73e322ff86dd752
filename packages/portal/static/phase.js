import { h } from './element.js';

/** @typedef {'good' | 'busy' | 'bad' | 'idle'} Tone */

/** @type {Record<string, Record<string, Tone>>} */
const tones = {
  service: { Running: 'good', Failed: 'bad', Building: 'busy', Deploying: 'busy' },
  build: { Succeeded: 'good', Failed: 'bad', Running: 'busy' },
  replica: { Ready: 'good', Succeeded: 'good', Failed: 'bad', Starting: 'busy', Stopping: 'busy' },
};

/** How the phase of a kind of thing is to be felt. @param {string} kind @param {string | undefined} phase @returns {Tone} */
export const toneOf = (kind, phase) => tones[kind]?.[phase ?? ''] ?? 'idle';

/** Reasons for which something is not ready, and that is as it should be. */
const onTheWay = ['Building', 'Deploying', 'Starting', 'Switching', 'Checking'];

/** @param {{ status: string, reason: string }} condition @returns {Tone} */
export const conditionTone = ({ status, reason }) => {
  if (status === 'True') return 'good';
  if (status !== 'False' || reason === 'WaitingForPush') return 'idle';
  return onTheWay.includes(reason) ? 'busy' : 'bad';
};

/** A phase as a dot and its word: never the colour alone. @param {Tone} tone @param {string} word */
export const badge = (tone, word) => h('span', { class: `badge ${tone}` }, word);
