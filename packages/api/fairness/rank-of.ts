import type { Call } from '../http/call.ts';
import type { Rank } from './flow-control.ts';

/** A list of everything, without a limit, is how clients come up to date; everything else has somebody waiting. */
export const rankOf = ({ notes, query }: Call): Rank =>
  notes.verb === 'list' && !query.has('limit') && !query.has('labelSelector') && !query.has('fieldSelector')
    ? 'resync'
    : 'asked';
