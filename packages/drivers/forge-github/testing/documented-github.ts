import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createGitFolder } from './git-folder.ts';
import { publishedPayloads } from './published-payloads.ts';

interface Entry {
  readonly id: number;
  readonly [field: string]: unknown;
}

interface Pull {
  readonly number: number;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  head: string;
  base: string;
  state: 'open' | 'closed';
  merged?: string;
}

/** What a request is answered with instead: to play limits and faults. */
export interface PlayedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The pull request that GitHub itself shows in its documentation; what a test is about is set in it. */
const documented = ((): { user: object; head: object; base: object } => {
  const pulls = publishedPayloads().find(({ name }) => name === 'pull_request');
  assert.ok(pulls);
  return pulls.examples[0]?.pull_request as { user: object; head: object; base: object };
})();
const pageSize = 2;

/**
 * The addresses of GitHub’s API that the driver uses, as they are documented (version 2022-11-28), over a real repository:
 * GitHub itself cannot be had for a test. Lists are in pages of two, so that each has several.
 */
export const startDocumentedGitHub = async (repository: string, token: string) => {
  const repo = await createGitFolder();
  const pulls: Pull[] = [];
  const reviews = new Map<number, Entry[]>();
  const comments = new Map<number, Entry[]>();
  const statuses = new Map<string, Entry[]>();
  let unchanged = 0;
  let ids = 100;
  let play: ((path: string) => PlayedAnswer | undefined) | undefined;

  const add = (to: Map<number | string, Entry[]>, key: number | string, fields: object): Entry => {
    ids += 1;
    const entry = { id: ids, ...fields };
    to.set(key, [...(to.get(key) ?? []), entry]);
    return entry;
  };

  const shown = (pull: Pull, whole: boolean) => ({
    ...documented,
    number: pull.number,
    html_url: `https://github.com/${repository}/pull/${pull.number}`,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    user: { ...documented.user, login: 'alice' },
    head: { ...documented.head, ref: pull.branch, sha: pull.head },
    base: { ...documented.base, ref: 'main', sha: pull.base },
    merged_at: pull.merged ? new Date().toISOString() : null,
    merge_commit_sha: pull.merged ?? null,
    // A list does not say by whom.
    ...(whole ? { merged_by: pull.merged ? { ...documented.user, login: 'alice' } : null } : {}),
  });

  const treeOf = async (id: string, recursive: boolean) => {
    const text = await repo.git('ls-tree', '-l', ...(recursive ? ['-r', '-t'] : []), id);
    const tree = text
      .split('\n')
      .filter(Boolean)
      .map(line => {
        const [, mode = '', type = '', sha = '', size = '', path = ''] =
          /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/.exec(line) ?? [];
        return { path, mode, type, sha, ...(size === '-' ? {} : { size: Number(size) }) };
      });
    return { sha: id, url: '', tree, truncated: false };
  };

  const refresh = (pull: Pull): void => {
    if (pull.state !== 'open') return;
    pull.head = repo.heads.get(pull.branch) ?? '';
    pull.base = repo.heads.get('main') ?? '';
  };

  const answers: readonly [
    method: string,
    path: RegExp,
    answer: (match: RegExpExecArray, query: URLSearchParams, body: unknown) => unknown,
  ][] = [
    [
      'GET',
      /^\/pulls$/,
      (_match, query) => {
        assert.equal(query.get('state'), 'open');
        return pulls.filter(({ state }) => state === 'open').map(pull => shown(pull, false));
      },
    ],
    [
      'GET',
      /^\/pulls\/(\d+)$/,
      ([, number]) => {
        const pull = pulls.find(one => one.number === Number(number));
        return pull && shown(pull, true);
      },
    ],
    [
      'GET',
      /^\/pulls\/(\d+)\/files$/,
      async ([, number]) => {
        const pull = pulls.find(one => one.number === Number(number));
        if (!pull) return undefined;
        const text = await repo.git('diff', '--numstat', `${pull.base}...${pull.head}`);
        return text
          .split('\n')
          .filter(Boolean)
          .map(line => {
            const [additions, deletions, filename] = line.split('\t');
            return {
              filename,
              additions: Number(additions),
              deletions: Number(deletions),
              status: 'modified',
            };
          });
      },
    ],
    ['GET', /^\/pulls\/(\d+)\/reviews$/, ([, number]) => reviews.get(Number(number)) ?? []],
    [
      'GET',
      /^\/compare\/(\w+)\.\.\.(\w+)$/,
      async ([, base = '', head = '']) => ({
        merge_base_commit: { sha: await repo.git('merge-base', base, head) },
      }),
    ],
    ['GET', /^\/git\/trees\/(\w+)$/, ([, id = ''], query) => treeOf(id, query.has('recursive'))],
    [
      'GET',
      /^\/git\/blobs\/(\w+)$/,
      async ([, id = '']) => {
        // GitHub breaks base64 into lines.
        const content = Buffer.from(`${await repo.git('cat-file', 'blob', id)}\n`).toString('base64');
        return { content: content.replace(/.{60}/g, '$&\n'), encoding: 'base64', sha: id };
      },
    ],
    [
      'GET',
      /^\/commits\/(\w+)\/status$/,
      ([, commit = '']) => {
        const last = new Map((statuses.get(commit) ?? []).map(one => [one.context, one]));
        return { state: 'pending', statuses: [...last.values()], sha: commit };
      },
    ],
    ['POST', /^\/statuses\/(\w+)$/, ([, commit = ''], _query, body) => add(statuses, commit, body as object)],
    ['GET', /^\/issues\/(\d+)\/comments$/, ([, number]) => comments.get(Number(number)) ?? []],
    [
      'POST',
      /^\/issues\/(\d+)\/comments$/,
      ([, number], _query, body) => add(comments, Number(number), body as object),
    ],
    [
      'PATCH',
      /^\/issues\/comments\/(\d+)$/,
      ([, id], _query, body) => {
        for (const [number, list] of comments)
          comments.set(
            number,
            list.map(one => (one.id === Number(id) ? { ...one, ...(body as object) } : one)),
          );
        return body;
      },
    ],
  ];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(value));
    const played = play?.(url.pathname);
    if (played) return void response.writeHead(played.status, played.headers).end(played.body ?? '{}');
    const body = request.method === 'GET' ? undefined : await json(request);
    if (request.headers.authorization !== `Bearer ${token}`)
      return void send(401, { message: 'Bad credentials' });
    const base = `/api/v3/repos/${repository}`;
    const found = answers.flatMap(([method, path, answer]) => {
      const match =
        method === request.method && url.pathname.startsWith(base)
          ? path.exec(url.pathname.slice(base.length))
          : null;
      return match ? [{ match, answer }] : [];
    })[0];
    for (const pull of pulls) refresh(pull);
    const value = await found?.answer(found.match, url.searchParams, body);
    if (value === undefined) return void send(404, { message: 'Not Found' });
    if (!Array.isArray(value)) return void send(request.method === 'POST' ? 201 : 200, value);
    const page = Number(url.searchParams.get('page') ?? 1);
    const etag = `"${Buffer.from(JSON.stringify(value)).toString('base64url').slice(-40)}-${page}"`;
    if (request.headers['if-none-match'] === etag) {
      unchanged += 1;
      return void response.writeHead(304).end();
    }
    const more = value.length > page * pageSize;
    url.searchParams.set('page', String(page + 1));
    const next = `<http://elsewhere.example/repositories/1${url.search}>; rel="next", <http://elsewhere.example/>; rel="last"`;
    send(200, value.slice((page - 1) * pageSize, page * pageSize), {
      etag,
      ...(more ? { link: next } : {}),
    });
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(error => {
      response.writeHead(404).end(JSON.stringify({ message: String(error).slice(0, 100) }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repo,
    /** How often it said that what the client has still holds. */
    get unchanged() {
      return unchanged;
    },
    comments,
    statuses,
    /** From now on, where the function says so. */
    play(answer: typeof play): void {
      play = answer;
    },
    propose(branch: string, title: string, body: string): number {
      const number = pulls.length + 1;
      pulls.push({ number, branch, title, body, head: '', base: '', state: 'open' });
      return number;
    },
    async review(number: number, state: string, association = 'COLLABORATOR'): Promise<void> {
      const pull = pulls[number - 1];
      assert.ok(pull);
      refresh(pull);
      add(reviews, number, {
        user: { login: 'bob' },
        state,
        commit_id: pull.head,
        submitted_at: new Date().toISOString(),
        author_association: association,
      });
    },
    async end(number: number, how: 'merged' | 'closed'): Promise<void> {
      const pull = pulls[number - 1];
      assert.ok(pull);
      refresh(pull);
      pull.state = 'closed';
      if (how === 'merged') pull.merged = pull.head;
    },
    say: (number: number, body: string) => add(comments, number, { body }),
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await repo.remove();
    },
  };
};
