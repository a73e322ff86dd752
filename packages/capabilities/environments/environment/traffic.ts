import type { Engine } from '@causeway/engine';
import { type Environment, RouteKind } from '@causeway/model';

const newest = (times: readonly (string | undefined)[]): number | undefined => {
  const known = times.flatMap(time => (time === undefined ? [] : [Date.parse(time)]));
  return known.length === 0 ? undefined : Math.max(...known);
};

/** What the gateway says of requests to an environment’s services. Milliseconds since 1970. */
export const requestsOf = (
  { store }: Engine,
  { metadata: { namespace, name } }: Environment,
): { readonly waitingSince: number | undefined; readonly lastRequestAt: number | undefined } => {
  const routes = store.peekAll(RouteKind, namespace, ({ spec }) => spec.environment === name);
  return {
    waitingSince: newest(routes.map(({ status }) => status?.waiting?.since)),
    lastRequestAt: newest(routes.map(({ status }) => status?.lastRequestAt)),
  };
};
