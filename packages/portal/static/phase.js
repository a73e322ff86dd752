import { h } from './element.js';

/** @typedef {'good' | 'busy' | 'bad' | 'idle'} Tone */

/** @type {Record<string, Record<string, Tone>>} */
const tones = {
  service: { Running: 'good', Failed: 'bad', Building: 'busy', Deploying: 'busy' },
  build: { Succeeded: 'good', Failed: 'bad', Running: 'busy' },
  replica: { Ready: 'good', Succeeded: 'good', Failed: 'bad', Starting: 'busy', Stopping: 'busy' },
  condition: { True: 'good', False: 'bad' },
};

/** How the phase of a kind of thing is to be felt. @param {string} kind @param {string | undefined} phase @returns {Tone} */
export const toneOf = (kind, phase) => tones[kind]?.[phase ?? ''] ?? 'idle';

/** A phase as a dot and its word: never the colour alone. @param {Tone} tone @param {string} word */
export const badge = (tone, word) => h('span', { class: `badge ${tone}` }, word);
