import { flushCompileCache } from 'node:module';
import { type Ending, runDaemon } from './daemon.ts';

// The supervisor, as `platform up` starts it. SIGTERM ends the platform, SIGUSR2 only the supervisor.

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: this is run by \`platform up\``);
  return value;
};

const databaseUrl = process.env.CAUSEWAY_DATABASE_URL;
const options = {
  data: environment('CAUSEWAY_DATA'),
  port: Number(environment('CAUSEWAY_PORT')),
  version: environment('CAUSEWAY_VERSION'),
  ...(databaseUrl ? { databaseUrl } : {}),
  environment: { ...process.env },
  log: (line: string) => console.log(`${new Date().toISOString()} ${line}`),
};

const ending = new Promise<Ending>(resolve => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve('stop'));
  process.on('SIGUSR2', () => resolve('leave'));
});
// The terminal that `up` ran in may close.
process.on('SIGHUP', () => undefined);

flushCompileCache();
await runDaemon(options, ending);
process.exit(0);
