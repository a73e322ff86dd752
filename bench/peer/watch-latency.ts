import { createPeerClient } from './peer-client.ts';
import { collection, object, type PeerServer } from './peer-server.ts';

/** How long after the last event the watchers may still get it. */
const patienceMs = 30_000;

/** From one create to the next, however soon it is answered: who answers sooner would be given more to do. */
export const everyMs = 100;
/** Events before those that are measured: watches stand for long, and the first has the garbage of all handshakes to wait for. */
export const unmeasured = 5;

/**
 * Milliseconds from the request that creates an object to each watcher's event for it, with a steady trickle of creates.
 * Throws when a watcher misses one.
 */
export const watchLatency = async (
  server: PeerServer,
  watchers: number,
  events: number,
  prefix: string,
): Promise<readonly number[]> => {
  const readers = createPeerClient(server, watchers);
  const writer = createPeerClient(server, 1);
  const sent = new Map<string, number>();
  const latencies: number[] = [];
  const pattern = new RegExp(`"name":"(${prefix}-\\d+)","namespace"|"name":"(${prefix}-\\d+)"`, 'g');
  try {
    const list = JSON.parse(await writer.send('GET', `${collection}?limit=1`)) as {
      metadata: { resourceVersion: string };
    };
    const path = `${collection}?watch=true&resourceVersion=${list.metadata.resourceVersion}`;
    const stops = await Promise.all(
      Array.from({ length: watchers }, () => {
        let rest = '';
        return readers.watch(path, piece => {
          const now = performance.now();
          const lines = (rest + piece).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            pattern.lastIndex = 0;
            const [, first, second] = pattern.exec(line) ?? [];
            const at = sent.get(first ?? second ?? '');
            if (at !== undefined) latencies.push(now - at);
          }
        });
      }),
    );
    for (let index = 0; index < unmeasured + events; index += 1) {
      const name = `${prefix}-${index}`;
      const began = performance.now();
      if (index >= unmeasured) sent.set(name, began);
      await writer.send('POST', collection, object(name, index));
      await new Promise(resolve => setTimeout(resolve, Math.max(0, began + everyMs - performance.now())));
    }
    const deadline = performance.now() + patienceMs;
    while (latencies.length < watchers * events && performance.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20));
    for (const stop of stops) stop();
    if (latencies.length !== watchers * events)
      throw new Error(`${server.name}: ${latencies.length} of ${watchers * events} events came`);
    return latencies;
  } finally {
    await readers.close();
    await writer.close();
  }
};
