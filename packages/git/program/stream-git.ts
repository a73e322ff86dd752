import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { gitEnvironment } from './environment.ts';
import { gitMissing } from './run-git.ts';

/** What git prints, as it comes. Whoever stops reading ends git. */
export async function* streamGit(
  arguments_: readonly string[],
  repository: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn('git', arguments_, {
    env: gitEnvironment({}, { GIT_DIR: repository }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const started = once(child, 'spawn').catch(cause => {
    throw gitMissing(cause);
  });
  const ended = once(child, 'close').catch(() => undefined);
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await started;
    for await (const piece of child.stdout) yield piece as Uint8Array;
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
    await ended;
  }
}
