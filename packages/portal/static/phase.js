import { h } from './element.js';

/** @typedef {'good' | 'busy' | 'bad' | 'idle'} Tone */

/** @type {Record<string, Record<string, Tone>>} */
const tones = {
  service: { Running: 'good', Failed: 'bad', Building: 'busy', Deploying: 'busy' },
  build: { Succeeded: 'good', Failed: 'bad', Running: 'busy' },
  environment: {
    Standing: 'good',
    Ready: 'good',
    Provisioning: 'busy',
    Expiring: 'busy',
    Deleting: 'busy',
    Degraded: 'bad',
    Refused: 'bad',
  },
  step: {
    Resolving: 'busy',
    Building: 'busy',
    Releasing: 'busy',
    Starting: 'busy',
    Switching: 'busy',
    Checking: 'busy',
    Serving: 'good',
    Failed: 'bad',
  },
  change: { Open: 'good' },
  check: { Passed: 'good', Failed: 'bad', Pending: 'busy' },
  planned: { create: 'good', change: 'busy', delete: 'bad', refuse: 'bad' },
  rollout: { Serving: 'good', Failed: 'bad', Starting: 'busy', Switching: 'busy', Checking: 'busy' },
  replica: { Ready: 'good', Succeeded: 'good', Failed: 'bad', Starting: 'busy', Stopping: 'busy' },
};

/** How the phase of a kind of thing is to be felt. @param {string} kind @param {string | undefined} phase @returns {Tone} */
export const toneOf = (kind, phase) => tones[kind]?.[phase ?? ''] ?? 'idle';

/** Reasons for which something is not ready, and that is as it should be. */
const onTheWay = [
  'Building',
  'Deploying',
  'Provisioning',
  'Releasing',
  'Resolving',
  'Starting',
  'Switching',
  'Checking',
  'Waiting',
  'Deleting',
];
/** Reasons that somebody or a clock wanted. */
const wanted = ['WaitingForPush', 'Asleep', 'NotYet', 'Gone', 'Expired', 'Deleted', 'Merged', 'Closed'];

/** @param {{ type?: string, status: string, reason: string }} condition @returns {Tone} */
export const conditionTone = ({ type, status, reason }) => {
  if (type === 'Expiring' && status === 'True') return 'busy';
  if (status === 'True') return 'good';
  if (status !== 'False' || wanted.includes(reason)) return 'idle';
  return onTheWay.includes(reason) ? 'busy' : 'bad';
};

/** A phase as a dot and its word: never the colour alone. @param {Tone} tone @param {string} word */
export const badge = (tone, word) => h('span', { class: `badge ${tone}` }, word);
