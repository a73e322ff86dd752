import type { ObjectOf, PolicyKind } from '../../packages/model/index.ts';
import { type OwnServer, startOwnServer } from '../peer/own-server.ts';
import { createPeerClient, type PeerClient } from '../peer/peer-client.ts';
import { processorSeconds } from '../peer/process-figures.ts';

export const team = 'bench';
const policies = '/apis/causeway.dev/v1/policies';
const mergePatch = 'application/merge-patch+json';

type Policy = ObjectOf<typeof PolicyKind>;

/** A real server on PostgreSQL with fsync, with the policies that are shipped, and somebody who is judged. */
export interface JudgedServer {
  readonly server: OwnServer;
  readonly client: PeerClient;
  /** Names of the policies that were there from the start. */
  readonly shipped: readonly string[];
  /** Changes when a policy is asked; `draft` is never. */
  act(policy: string, action: 'draft' | 'audit'): Promise<void>;
  create(path: string, object: object): Promise<void>;
  /** Waits until the server has hardly anything to do. */
  untilQuiet(): Promise<void>;
  stop(): Promise<void>;
}

const until = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 180_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} takes more than three minutes`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
};

export const startJudgedServer = async (): Promise<JudgedServer> => {
  const server = await startOwnServer('ada');
  const client = createPeerClient(server, 4);
  const list = async (): Promise<readonly Policy[]> =>
    (JSON.parse(await client.send('GET', policies)) as { items: Policy[] }).items;
  let shipped: readonly Policy[] = [];
  await until('installing the policies', async () => {
    shipped = await list().catch(() => []);
    return shipped.length >= 20;
  });
  const create = async (path: string, object: object): Promise<void> => {
    await client.send('POST', path, { apiVersion: 'causeway.dev/v1', ...object });
  };
  await create('/apis/causeway.dev/v1/teams', { kind: 'Team', metadata: { name: team } });
  return {
    server,
    client,
    shipped: shipped.map(({ metadata }) => metadata.name),
    act: async (policy, action) => {
      await client.send('PATCH', `${policies}/${policy}`, { spec: { action } }, mergePatch);
    },
    create,
    async untilQuiet() {
      const used = async (): Promise<number> => (await processorSeconds(server)).get('server') ?? 0;
      await until('coming to rest', async () => {
        const before = await used();
        await new Promise(resolve => setTimeout(resolve, 1000));
        return (await used()) - before < 0.1;
      });
    },
    async stop() {
      await client.close();
      await server.stop();
    },
  };
};
