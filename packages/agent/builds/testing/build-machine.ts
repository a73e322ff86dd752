import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { endProcessesOf } from '../leftover-processes.ts';
import { type RunBuildsOptions, runBuilds } from '../run-builds.ts';
import { BareRepository } from './bare-repository.ts';
import { MemoryPlatform, type NewBuild } from './memory-platform.ts';

interface TestContext {
  after(fn: () => unknown): void;
}

/** A compiler that has nothing ready yet works for minutes on a slow machine. */
const buildPatienceMs = 9 * 60_000;

/** A DATA folder with an executor at work on it. */
export class BuildMachine {
  readonly data: string;
  readonly platform = new MemoryPlatform();
  readonly repository: BareRepository;
  #stop = new AbortController();
  #running: Promise<void>;
  readonly #options: Partial<RunBuildsOptions>;

  constructor(t: TestContext, options: Partial<RunBuildsOptions> = {}) {
    this.data = mkdtempSync(join(tmpdir(), 'causeway builds '));
    this.repository = new BareRepository(this.data);
    this.#options = options;
    this.#running = this.#run();
    t.after(async () => {
      await this.stop();
      await endProcessesOf(this.data);
      execFileSync('chmod', ['-R', 'u+w', this.data]);
      execFileSync('rm', ['-rf', this.data]);
    });
  }

  #run(): Promise<void> {
    const { client } = this.platform;
    return runBuilds({
      data: this.data,
      client,
      agentName: 'local',
      signal: this.#stop.signal,
      ...this.#options,
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Another agent on the same folder. */
  start(): void {
    this.#stop = new AbortController();
    this.#running = this.#run();
  }

  /** Waits until the build is over. */
  async over(build: Build): Promise<Build> {
    return until(
      `the end of ${build.metadata.name}`,
      () => {
        const found = this.platform.build(build);
        return found.status?.finishedAt !== undefined && found;
      },
      { patienceMs: buildPatienceMs },
    );
  }

  async run(build: NewBuild): Promise<Build> {
    return this.over(this.platform.addBuild(build));
  }

  log(build: Build): string {
    const file = join(
      this.data,
      'logs',
      'builds',
      build.metadata.namespace ?? '',
      `${build.metadata.name}.log`,
    );
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  artifact(build: Build): string {
    return join(this.data, 'artifacts', build.status?.artifact?.digest ?? 'none');
  }
}

export const stepOf = (build: Build, name: string) => build.status?.steps?.find(step => step.name === name);
