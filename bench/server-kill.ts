import { Agent, request } from 'node:http';
import { bareServer, startPlatform, until } from '../test/e2e/harness.ts';

const perSecond = 2000;
const seconds = 8;

/** 2,000 requests a second through the gateway, open loop, while the server is killed twice. */
export const run = async (): Promise<void> => {
  const platform = await startPlatform();
  try {
    await platform.cli('create', 'service', '--name', 'loaded', '--template', 'empty');
    await platform.push(await platform.clone('loaded', {}), bareServer('x'));
    const agent = new Agent({ keepAlive: true, maxSockets: 128 });
    const times: number[] = [];
    let failed = 0;
    let sent = 0;
    let open = 0;
    const ask = (): void => {
      sent += 1;
      open += 1;
      const started = performance.now();
      const end = (ok: boolean) => {
        open -= 1;
        if (ok) times.push(performance.now() - started);
        else failed += 1;
      };
      const asked = request(
        {
          host: '127.0.0.1',
          port: platform.port + 10,
          headers: { host: 'loaded.localhost' },
          agent,
          timeout: 10_000,
        },
        response => {
          response.resume();
          response.on('end', () => end(response.statusCode === 200));
          response.on('error', () => end(false));
        },
      );
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => end(false));
      asked.end();
    };
    const serverPid = async (): Promise<number | undefined> =>
      JSON.parse((await platform.cli('status', '-o', 'json')).stdout).processes.find(
        (one: { name: string }) => one.name === 'server',
      )?.pid;
    const first = await serverPid();
    const kills = (async () => {
      await new Promise(resolve => setTimeout(resolve, 1500));
      if (first) process.kill(first, 'SIGKILL');
      const second = await until('another server', async () => {
        const pid = await serverPid().catch(() => undefined);
        return pid !== undefined && pid !== first ? pid : undefined;
      });
      await new Promise(resolve => setTimeout(resolve, 1500));
      process.kill(second, 'SIGKILL');
    })();
    const started = performance.now();
    while (performance.now() - started < seconds * 1000) {
      const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
      while (sent < due) ask();
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    await kills;
    await until('the last answers', () => open === 0);
    agent.destroy();
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1);
    console.log(
      `  ${sent} requests at ${perSecond}/s, server killed twice: ${failed} failed (aim 0); p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    );
  } finally {
    await platform.down();
  }
};
