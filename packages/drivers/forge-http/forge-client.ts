import { type ErrorCode, PlatformError, parseOutsideJson } from '@causeway/model';
import { z } from 'zod';
import { retryAfterSeconds } from './retry-after.ts';
import { readSecretFile } from './secret-file.ts';

export interface ForgeClientOptions {
  /** Of the forge, for errors. */
  readonly name: string;
  /** Where the API lies: `https://api.github.com`. */
  readonly api: string;
  readonly tokenFile: string;
  /** Before the token: `Bearer`. */
  readonly scheme: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parameter that says how many are on one page, and how many we ask for. */
  readonly pageSize: readonly [parameter: string, size: number];
  readonly patienceMs: number;
}

export interface ForgeClient {
  /** What lies at a path of the API, as the schema says. */
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** All pages of a list, one entry after the other; asks for the next page when it is needed. */
  list<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): AsyncGenerator<T>;
  send(method: 'POST' | 'PATCH', path: string, body: unknown, signal: AbortSignal): Promise<void>;
}

/** More than any answer of a forge that we ask for. */
const largestAnswer = 16 * 1024 * 1024;
/** A list that goes on for longer is no list of something that people work on. */
const mostPages = 100;
/** Answers that are remembered, to be told that they still hold: which costs nothing of GitHub’s limit. */
const mostRemembered = 200;
const largestRemembered = 512 * 1024;

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'Forbidden',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'NotFound',
  413: 'TooLarge',
  429: 'TooManyRequests',
};

const Problem = z.object({ message: z.string() });

const bytesOf = async (response: Response, tooLarge: () => PlatformError): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > largestAnswer) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The next page of a path, if there is one. Of what the forge says, only the query counts: the token goes nowhere else. */
const nextPage = (path: string, link: string | null): string | undefined => {
  const [, url = ''] = /<([^<>]+)>\s*;\s*rel="next"/.exec(link ?? '') ?? [];
  const mark = url.indexOf('?');
  return mark < 0 ? undefined : `${path.split('?', 1)[0]}${url.slice(mark)}`;
};

/** Speaks to the API of a forge: one request at a time has so long, and whatever goes wrong is said without the token. */
export const createForgeClient = ({
  name,
  api,
  tokenFile,
  scheme,
  headers,
  pageSize: [parameter, size],
  patienceMs,
}: ForgeClientOptions): ForgeClient => {
  const remembered = new Map<string, { readonly tag: string; readonly link: string | null; text: string }>();

  const refusal = (response: Response, path: string, body: Buffer): PlatformError => {
    const limited = retryAfterSeconds(response.status, response.headers, Date.now());
    const said = Problem.safeParse(jsonOf(body)).data?.message.slice(0, 300);
    const evidence = said ? { evidence: [said] } : {};
    const what = `the forge ${name} answered ${response.status} to ${path.slice(0, 200)}`;
    if (limited !== undefined && response.status < 500)
      return new PlatformError('TooManyRequests', `${what}: it takes no more for ${limited} s`, {
        ...evidence,
        retryAfterSeconds: limited,
      });
    const code = codes[response.status] ?? 'Unavailable';
    return new PlatformError(code, what, {
      ...evidence,
      ...(limited === undefined ? {} : { retryAfterSeconds: limited }),
      ...(code === 'Forbidden'
        ? { next: `Check the token in ${tokenFile} and what it may, then try again.` }
        : {}),
    });
  };

  const jsonOf = (body: Buffer): unknown => {
    try {
      return parseOutsideJson(body.toString('utf8'));
    } catch {
      return undefined;
    }
  };

  const ask = async (
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<{ text: string; link: string | null }> => {
    const known = method === 'GET' ? remembered.get(path) : undefined;
    const token = await readSecretFile(tokenFile, `the token of the forge ${name}`);
    try {
      const response = await fetch(`${api}${path}`, {
        method,
        headers: {
          ...headers,
          authorization: `${scheme} ${token}`,
          'user-agent': 'causeway',
          ...(known ? { 'if-none-match': known.tag } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const bytes = await bytesOf(
        response,
        () => new PlatformError('TooLarge', `the forge ${name} answers ${path.slice(0, 200)} with too much`),
      );
      if (response.status === 304 && known) return known;
      if (!response.ok) throw refusal(response, path, bytes);
      const answer = { text: bytes.toString('utf8'), link: response.headers.get('link') };
      const tag = response.headers.get('etag');
      remembered.delete(path);
      if (method === 'GET' && tag && bytes.length <= largestRemembered) {
        remembered.set(path, { ...answer, tag });
        const [oldest] = remembered.keys();
        if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
      }
      return answer;
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      signal.throwIfAborted();
      const { cause, message, name: kind } = error as Error;
      const why =
        kind === 'TimeoutError'
          ? `it took more than ${patienceMs / 1000} s`
          : cause instanceof Error
            ? cause.message
            : message;
      throw new PlatformError('Unavailable', `the forge ${name} cannot be reached: ${why}`);
    }
  };

  const read = <T>(text: string, path: string, schema: z.ZodType<T>): T => {
    const result = schema.safeParse(jsonOf(Buffer.from(text)));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new PlatformError('Unavailable', `the forge ${name} answers ${path.slice(0, 200)} in another way`, {
      evidence: [`${issue?.path.join('.') || 'the answer'}: ${issue?.message}`],
      next: 'Check that url in the configuration is the address of a forge of that type.',
    });
  };

  return {
    async get(path, schema, signal) {
      return read((await ask('GET', path, undefined, signal)).text, path, schema);
    },
    async *list(path, schema, signal) {
      const mark = path.includes('?') ? '&' : '?';
      let page: string | undefined = `${path}${mark}${parameter}=${size}`;
      for (let pages = 0; page !== undefined; pages++) {
        if (pages === mostPages)
          throw new PlatformError('TooLarge', `the forge ${name} lists without end at ${path.slice(0, 200)}`);
        const { text, link } = await ask('GET', page, undefined, signal);
        yield* read(text, page, z.array(schema));
        page = nextPage(path, link);
      }
    },
    async send(method, path, body, signal) {
      await ask(method, path, body, signal);
    },
  };
};
