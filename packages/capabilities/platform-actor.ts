import type { Actor } from '@causeway/engine';

/** The platform’s own hand, for what a reconciler writes. `onBehalfOf` names the person whose wish it carries out. */
export const controllerActor = (controller: string, onBehalfOf?: string): Actor => ({
  user: 'system:server',
  from: `controller/${controller}`,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
});
