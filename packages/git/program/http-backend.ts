import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { gitEnvironment } from './environment.ts';
import { gitMissing } from './run-git.ts';

/**
 * The path of git's own smart HTTP server, git-http-backend(1). Some distributions package it apart from git.
 * Throws `Unsupported`, saying what to install.
 */
export const findHttpBackend = (): string => {
  let folder: string;
  try {
    folder = execFileSync('git', ['--exec-path'], { env: gitEnvironment(), encoding: 'utf8' }).trim();
  } catch (cause) {
    throw gitMissing(cause);
  }
  const program = join(folder, 'git-http-backend');
  try {
    accessSync(program, constants.X_OK);
    return program;
  } catch (cause) {
    throw new PlatformError(
      'Unsupported',
      'this git has no http-backend, which the platform serves repositories with',
      {
        evidence: [`${program} is missing or not executable`],
        next: 'Install it: `apk add git-daemon` on Alpine, the package git or git-core elsewhere; then start the platform again.',
        cause,
      },
    );
  }
};
