import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file's text, `{ link }` for a symbolic link, `null` for none any more. */
export type Content = string | { readonly link: string } | null;

const author = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', '-c', 'commit.gpgSign=false'];

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', [...author, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();

/** `DATA/repositories/TEAM/SERVICE.git` with commits made from files. */
export class BareRepository {
  readonly folder: string;
  readonly #work: string;

  constructor(data: string, team = 'shop', service = 'api') {
    this.folder = join(data, 'repositories', team, `${service}.git`);
    this.#work = join(data, 'work', team, service);
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.#work, { recursive: true });
    git(this.folder, 'init', '-q', '--bare', '-b', 'main');
    git(this.#work, 'init', '-q', '-b', 'main');
  }

  /** Changes files and commits; returns the commit's id. */
  commit(files: Readonly<Record<string, Content>>): string {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#work, path);
      rmSync(file, { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(dirname(file), { recursive: true });
      if (typeof content === 'string') writeFileSync(file, content);
      else symlinkSync(content.link, file);
    }
    git(this.#work, 'add', '-A', '-f');
    return this.#publish();
  }

  /** As `git submodule add` leaves it. */
  commitSubmodule(path: string): string {
    git(this.#work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`);
    return this.#publish();
  }

  #publish(): string {
    git(this.#work, 'commit', '-q', '--allow-empty', '-m', 'change');
    git(this.#work, 'push', '-q', this.folder, 'HEAD:main');
    return git(this.#work, 'rev-parse', 'HEAD');
  }
}
