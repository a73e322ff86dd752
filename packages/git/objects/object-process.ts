import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { gitEnvironment } from '../program/environment.ts';
import { ByteReader } from '../push/byte-reader.ts';

export interface ObjectInfo {
  /** `commit`, `tree`, `blob`, `tag`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

export interface ObjectContent extends ObjectInfo {
  readonly content: Buffer;
}

const newline = 10;

/** git-cat-file(1) `--batch-command`: `ID TYPE SIZE`, or `ID missing`. */
const parseInfo = (line: string): ObjectInfo | undefined => {
  const [, type = '', size] = line.split(' ');
  return size === undefined ? undefined : { type, size: Number(size) };
};

/**
 * A git that answers what the objects of one repository are and hold, one question after the other. Objects that are pushed meanwhile
 * it finds. It ends when its input does: with this process, however that ends. It keeps nobody from ending while nothing is asked.
 */
export class ObjectProcess {
  readonly #child: ChildProcess;
  readonly #answers: ByteReader;
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;
  #ended = false;

  constructor(repository: string) {
    this.#child = spawn('git', ['cat-file', '--batch-command'], {
      env: gitEnvironment({}, { GIT_DIR: repository }),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const end = (): void => {
      this.#ended = true;
    };
    this.#child.once('error', end).once('close', end);
    const { stdin, stdout } = this.#child;
    if (!stdin || !stdout) throw new Error('the server has too many open files');
    // How it ended tells the answer that does not come.
    stdin.on('error', end);
    this.#answers = new ByteReader(stdout);
    this.#holdOpen(false);
  }

  /** Whether it answers no more. */
  get ended(): boolean {
    return this.#ended;
  }

  get idle(): boolean {
    return this.#open === 0;
  }

  /** `undefined`: there is no such object. Throws when git ends instead of answering. */
  info(id: string): Promise<ObjectInfo | undefined> {
    return this.#ask(`info ${id}`, async line => parseInfo(line));
  }

  /** All of an object, which is in memory then. */
  contents(id: string): Promise<ObjectContent | undefined> {
    return this.#ask(`contents ${id}`, async line => {
      const info = parseInfo(line);
      if (!info) return undefined;
      const content = await this.#answers.take(info.size);
      await this.#answers.take(1);
      return { ...info, content };
    });
  }

  /** What was asked before is answered. */
  end(): void {
    this.#ended = true;
    this.#child.stdin?.end();
  }

  #ask<T>(question: string, answer: (line: string) => Promise<T>): Promise<T> {
    if (this.#ended) throw new Error('git has ended');
    if (this.#open === 0) this.#holdOpen(true);
    this.#open += 1;
    this.#child.stdin?.write(`${question}\n`);
    const read = async (): Promise<T> => {
      const line = await this.#answers.until(newline);
      if (line === undefined) throw new Error('git ended without an answer');
      return answer(line.toString('latin1'));
    };
    const turn = this.#last.then(read).finally(() => {
      this.#open -= 1;
      if (this.#open === 0) this.#holdOpen(false);
    });
    this.#last = turn;
    // Whoever asked is told; the next question is answered in the same way.
    turn.catch(() => this.end());
    return turn;
  }

  /** Whether Node.js waits for it before it ends. */
  #holdOpen(held: boolean): void {
    const { stdin, stdout } = this.#child;
    for (const part of [this.#child, stdin as Socket | null, stdout as Socket | null])
      if (held) part?.ref();
      else part?.unref();
  }
}
