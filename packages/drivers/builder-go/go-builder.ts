import type { Builder, BuildPlan, SourceTree } from '@causeway/contracts';
import { type BuildSettings, PlatformError } from '@causeway/model';
import { type GoModule, parseGoModule, programName } from './go-module.ts';
import { hasTests, mainPackages, toolImports } from './main-packages.ts';

const plainPath = /^[\w./@~+-]+$/;

interface Target {
  /** Packages for `go build`; `tool` means all that go.mod names. */
  readonly packages: readonly string[];
  readonly programs: readonly string[];
}

/** What to build, or `undefined` when no program is to be found. */
const targetOf = async (source: SourceTree, module: GoModule): Promise<Target | undefined> => {
  const mains = (await mainPackages(source)).filter(path => plainPath.test(path));
  if (mains.length > 0)
    return { packages: mains, programs: mains.map(path => programName(path === '.' ? module.path : path)) };
  if (module.tools.length > 0) return { packages: ['tool'], programs: module.tools.map(programName) };
  const imports = (await toolImports(source)).filter(path => plainPath.test(path));
  return imports.length > 0 ? { packages: imports, programs: imports.map(programName) } : undefined;
};

const undecided = (message: string, settings: string): PlatformError =>
  new PlatformError('NothingToBuild', message, { next: settings });

export const goBuilder: Builder = {
  name: 'go',
  looksFor: ['go.mod'],

  detect: async source => ((await source.exists('go.mod')) ? 'go.mod' : undefined),

  async plan(source, settings: BuildSettings): Promise<BuildPlan> {
    const module = parseGoModule((await source.read('go.mod')) ?? '');
    const vendored = await source.exists('vendor/modules.txt');
    // Without a go.sum nothing could be built at all; then go may write one into its copy.
    const sums = module.requires && !vendored && !(await source.exists('go.sum'));
    const mode = vendored ? ' -mod=vendor' : sums ? ' -mod=mod' : '';
    const common = {
      builder: 'go',
      ...(module.version === undefined ? {} : { runtime: `Go (go.mod: ${module.version})` }),
      tools: ['go'],
      variables: { PATH: '{source}/bin' },
      ...((await hasTests(source)) ? { test: `go test${mode} ./...` } : {}),
    };
    if (settings.build !== undefined) return { ...common, processes: {} };

    const target = await targetOf(source, module);
    if (!target)
      throw undecided(
        'go.mod is here, but no program: no `package main` at the top or in a folder of cmd/, no `tool` line in go.mod, no tools.go.',
        'Add a main package, or name a program of a module with `go get -tool PACKAGE`, or set spec.build.build and spec.build.start.',
      );
    const decided = settings.start !== undefined || (await source.exists('Procfile'));
    if (target.programs.length > 1 && !decided)
      throw undecided(
        `There are several programs to choose from: ${target.programs.join(', ')}.`,
        `Add a Procfile that says which one serves (such as "web: ${target.programs[0]}"), or set spec.build.start, and push again.`,
      );
    // One program by name, several into the folder: then go names each after its package.
    const output =
      target.programs.length === 1 && target.packages[0] !== 'tool' ? `bin/${target.programs[0]}` : 'bin/';
    return {
      ...common,
      build: `go build -buildvcs=false${mode} -o ${output} ${target.packages.join(' ')}`,
      processes: target.programs.length === 1 ? { web: `bin/${target.programs[0]}` } : {},
    };
  },
};
