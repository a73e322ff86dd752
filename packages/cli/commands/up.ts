import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, defaultTeam, type PlatformService } from '@causeway/client';
import { isPlatformError } from '@causeway/model';
import { down, status, up } from '@causeway/supervisor';
import { following } from '../following.ts';
import { configureGit } from '../git-credentials/configure-git.ts';
import type { Invocation } from '../invocation.ts';
import { commandName } from '../output/command-name.ts';

interface Options {
  readonly detach?: boolean;
  readonly demo?: boolean;
  readonly port?: number;
}

const demoName = 'hello';
const demoTimeout = '10m';
const lookEveryMs = 500;

/** The sample service; one that is there already is as good. */
const createDemo = async (invocation: Invocation<Options>, data: string): Promise<PlatformService> => {
  const admin = JSON.parse(await readFile(`${data}/credentials/admin.json`, 'utf8')) as {
    server: string;
    token: string;
    team?: string;
  };
  const team = invocation.options.team ?? admin.team ?? defaultTeam;
  const platform = await connect({ credentials: { ...admin, team } });
  const options = { ...invocation.options, timeout: demoTimeout };
  const wanted = { name: demoName, team, description: 'The sample service of platform up --demo' };
  return following({ ...invocation, options }, demoName, follow =>
    platform.createService({ ...wanted, ...follow }),
  ).catch(error => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (isPlatformError(cause, 'AlreadyExists')) return platform.service(demoName, team);
    throw cause;
  });
};

/** In the foreground the platform lives as long as the command. */
const stayUntilStopped = async ({ output, signal }: Invocation<Options>, data: string): Promise<void> => {
  output.note('Ctrl-C stops it; with --detach it would go on by itself.');
  while (!signal.aborted && (await status({ data }))?.supervisor.state === 'running')
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  if (!signal.aborted) return output.note('The platform was stopped.');
  output.note('\nStopping …');
  await down({ data });
};

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, env, signal } = invocation;
  const { detach = false, demo = false, port } = options;
  const data = await invocation.data();
  const began = performance.now();
  const tick = output.paint('green', '✔', output.stderr);
  const result = await up({ data, signal, ...(port === undefined ? {} : { port }) }, line =>
    output.note(`${tick} ${line}`),
  );
  const { api, gateway, alreadyRunning } = result;
  const git = await configureGit(data, { server: api }, invocation.env);
  const service = demo ? await createDemo(invocation, data) : undefined;
  const command = commandName(env);
  const took = ((performance.now() - began) / 1000).toFixed(1);

  output.line(alreadyRunning ? 'The platform is already running.' : `✔ The platform is ready (${took} s).`);
  output.line(`  Portal, API, git  ${api}`);
  output.line(`  Gateway           ${gateway}`);
  output.line(`  Folder            ${data}`);
  if (service) output.line(`  Demo              ${service.url}`);
  output.line();
  output.line('Next:');
  output.line(`  ${command} create service --name payments-api --template http-service`);
  if (!git.configured) output.warn(git.hint);
  if (output.machine) await output.document({ ...result, ...(service ? { demo: service.object } : {}) });
  if (!detach && !alreadyRunning) await stayUntilStopped(invocation, data);
};
