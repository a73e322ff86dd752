import type { Acknowledgement } from '../source/route-source.ts';

/** Says of a new process that it takes over from its parent. */
export const handOverVariable = 'CAUSEWAY_GATEWAY_HAND_OVER';

/** From the new process to the old one. */
export type NewSays =
  /** The routes are loaded; connections may come. */
  | { readonly type: 'ready' }
  /** Accepting. */
  | { readonly type: 'serving' };

/** From the old process to the new one, in this order. The first three carry a listening server each. */
export type OldSays =
  /** One that leads to one service. */
  | { readonly type: 'address'; readonly address: string }
  | { readonly type: 'traffic'; readonly acknowledgements: readonly (readonly [string, Acknowledgement])[] }
  | { readonly type: 'metrics' }
  /** What the old one, which still answers on its connections, would have told the server. */
  | { readonly type: 'acknowledge'; readonly key: string; readonly acknowledgement: Acknowledgement }
  | { readonly type: 'firstRequest'; readonly key: string; readonly release: string; readonly at: string }
  | { readonly type: 'waiting'; readonly key: string; readonly since: string }
  | { readonly type: 'used'; readonly key: string; readonly at: string };
