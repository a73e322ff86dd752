import type { BuildSettings } from '@causeway/model';

/** Reads the checked-out tree without following links out of it. Paths are relative, with `/`. */
export interface SourceTree {
  exists(path: string): Promise<boolean>;
  /** The text of a regular file of at most 1 MiB; `undefined` when there is none. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder; folders end with `/`. */
  list(folder: string): Promise<string[]>;
}

/** Dependencies that are installed once per key and shared by later builds of the team. */
export interface DependencyPlan {
  /** Files whose content makes the key, beside team, tools and command. `.` is the whole tree. */
  readonly inputs: readonly string[];
  /** Of an input that matters only in part: that part, as text. The key holds it instead of the file's content. */
  readonly relevant?: Readonly<Record<string, string>>;
  /** The folder that the command makes, relative to the source: `node_modules`, `.venv`. */
  readonly produces: string;
  /** A shell command line, run in a copy of the source's inputs. */
  readonly command: string;
  /** Programs that the result depends on. Without a version (`node 26.10.0`) the executor tells by the installed file. */
  readonly tools: readonly string[];
}

/** A build as data: the executor runs it, so every language gets the same cache, logs, limits and errors. Commands are shell lines of the repository's owner, run as the workload's user. */
export interface BuildPlan {
  readonly builder: string;
  /** Language and version, for people. */
  readonly runtime?: string;
  readonly dependencies?: DependencyPlan;
  /** Programs that build, test or start need beside the shell. */
  readonly tools?: readonly string[];
  /** Files that the builder adds to the application: path → content. */
  readonly files?: Readonly<Record<string, string>>;
  readonly build?: string;
  readonly test?: string;
  /** Process type → command line; `web` is the one that listens. */
  readonly processes: Readonly<Record<string, string>>;
  readonly release?: string;
  /** Set for build, test and run. `{source}` is replaced by the folder the application lies in. `PATH` names what is looked in first. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What the pusher should know of how the plan came about, a line each. */
  readonly notes?: readonly string[];
}

/** One language. Pure: it reads the tree and returns a plan; it runs nothing. */
export interface Builder {
  readonly name: string;
  /** The files it looks for, for the error when nobody fits. */
  readonly looksFor: readonly string[];
  /** Why it fits, in a few words for the pusher (`package.json`), or `undefined`. */
  detect(source: SourceTree): Promise<string | undefined>;
  plan(source: SourceTree, settings: BuildSettings): Promise<BuildPlan>;
}
