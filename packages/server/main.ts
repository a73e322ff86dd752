import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toPlatformError } from '@causeway/model';
import { startServer } from './start-server.ts';

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start the server with \`platform up\``);
  return value;
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);

try {
  const databaseUrl = environment('CAUSEWAY_DATABASE_URL');
  const port = Number(environment('CAUSEWAY_PORT'));
  // No program that the server starts needs to know where the truth is kept.
  delete process.env.CAUSEWAY_DATABASE_URL;
  const stop = await startServer({
    data: environment('CAUSEWAY_DATA'),
    port,
    platformPort: Number(process.env.CAUSEWAY_PLATFORM_PORT || port),
    databaseUrl,
    goldenPaths: join(root, 'golden-paths'),
    policies: join(root, 'policies'),
    log,
  });
  log('ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      setTimeout(() => process.exit(0), 5000).unref();
      stop().then(
        () => process.exit(0),
        error => {
          log(`stopping: ${String(error)}`);
          process.exit(1);
        },
      );
    });
} catch (error) {
  const { message, next, evidence } = toPlatformError(error);
  log([message, ...evidence, next].join('\n'));
  process.exit(1);
}
