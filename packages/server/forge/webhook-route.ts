import type { SignedRoute } from '@causeway/api';
import type { ConfiguredForge } from '@causeway/capabilities';
import type { Forge, ForgeNews } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { SeenDeliveries } from './seen-deliveries.ts';

/** What became of a delivery. */
export interface DeliveryAnswer {
  readonly outcome: 'accepted' | 'ignored' | 'repeated';
  readonly message: string;
}

/** Where forges say that something happened. It only has the platform look sooner than it would by itself. */
export const webhookRoute = (
  forges: readonly ConfiguredForge[],
  look: (forge: Forge, news: ForgeNews) => Promise<number>,
): SignedRoute => {
  const seen = new SeenDeliveries();
  return {
    method: 'POST',
    path: '/api/forges/:forge/webhook',
    async handle({ parameters, headers, body }): Promise<DeliveryAnswer> {
      const forge = forges.find(one => one.forge.name === parameters.forge)?.forge;
      if (!forge)
        throw new PlatformError('NotFound', 'there is no forge of that name here', {
          next: 'Name one of those under forges in DATA/config.yaml.',
        });
      const news = await forge.receive({ headers, body });
      const { delivery, event } = news;
      if (!seen.take(`${forge.name} ${delivery}`))
        return { outcome: 'repeated', message: 'it was taken before' };
      if (event.type === 'ignored') return { outcome: 'ignored', message: event.why };
      const sources = await look(forge, news);
      return sources === 0
        ? { outcome: 'ignored', message: `no Source names ${event.repository}` }
        : { outcome: 'accepted', message: `${event.repository} is looked at` };
    },
  };
};
