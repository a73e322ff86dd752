import type { Builder, BuildPlan, SourceTree } from '@causeway/contracts';
import {
  goBuilder,
  nodeBuilder,
  overPlan,
  parseProcfile,
  pythonBuilder,
  staticBuilder,
} from '@causeway/drivers';
import { type BuildSettings, PlatformError } from '@causeway/model';

/**
 * In the order in which they are asked. A go.mod or a requirements.txt beside a package.json mostly means that the package.json is
 * for assets; a server beside an index.html serves it.
 */
export const builders: readonly Builder[] = [goBuilder, pythonBuilder, nodeBuilder, staticBuilder];

export interface PlannedBuild {
  readonly plan: BuildPlan;
  /** What decided, in a few words: `package.json`. */
  readonly because: string;
}

interface Fit {
  readonly builder: Builder;
  readonly because: string;
}

const fitting = async (source: SourceTree): Promise<Fit[]> => {
  const found: Fit[] = [];
  for (const builder of builders) {
    const because = await builder.detect(source);
    if (because !== undefined) found.push({ builder, because });
  }
  return found;
};

const mostNames = 20;

const foundAtTop = async (source: SourceTree): Promise<string> => {
  const names = await source.list('.');
  if (names.length === 0) return 'The commit holds no files.';
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `Found at the top: ${names.slice(0, mostNames).join(', ')}${more}`;
};

const nothingFits = async (source: SourceTree): Promise<PlatformError> =>
  new PlatformError('NothingToBuild', 'No builder knows what this repository holds.', {
    evidence: [
      `Looked for: ${[...new Set([...builders.flatMap(builder => builder.looksFor), 'Procfile'])].join(', ')}`,
      await foundAtTop(source),
    ],
  });

const nothingToStart = (builder: string, because: string): PlatformError =>
  new PlatformError(
    'NothingToBuild',
    `It can be built with ${builder} (${because}), but nothing says what to start.`,
    {
      next: 'Add a Procfile with a line such as "web: COMMAND", a start script in package.json, or set spec.build.start on the service.',
    },
  );

/** Chooses the builder and asks it; without one a Procfile or a start command is enough. */
const chosenPlan = async (
  source: SourceTree,
  settings: BuildSettings,
  hasProcfile: boolean,
): Promise<PlannedBuild> => {
  if (settings.builder !== undefined) {
    const builder = builders.find(({ name }) => name === settings.builder)!;
    return { plan: await builder.plan(source, settings), because: 'spec.build.builder' };
  }
  const [first, ...others] = await fitting(source);
  if (!first) {
    if (!hasProcfile && settings.start === undefined) throw await nothingFits(source);
    return {
      plan: { builder: 'procfile', processes: {} },
      because: hasProcfile ? 'Procfile' : 'spec.build.start',
    };
  }
  const { builder, because } = first;
  const plan = await builder.plan(source, settings);
  const rivals = others
    .filter(other => other.builder.name !== 'static')
    .map(other => `${other.because} (${other.builder.name})`);
  const note = `Also found ${rivals.join(', ')}: spec.build.builder on the service chooses another builder.`;
  return { plan: rivals.length > 0 ? { ...plan, notes: [note, ...(plan.notes ?? [])] } : plan, because };
};

/** Shell lines one after the other; each may hold anything, comments included. */
const joined = (first: string, then: string | undefined): string =>
  then === undefined ? first : `(\n${first}\n) && (\n${then}\n)`;

/** The service's settings win over everything. */
const underSettings = (plan: BuildPlan, settings: BuildSettings): BuildPlan => {
  const { install, start, release } = settings;
  const { dependencies, build: detected, test: tests, ...rest } = plan;
  const ownBuild = settings.build ?? detected;
  // Where no builder knows what an installation makes, it cannot be kept apart: it is part of the build.
  const build = install !== undefined && !dependencies ? joined(install, ownBuild) : ownBuild;
  const test = settings.test.enabled ? (settings.test.command ?? tests) : undefined;
  return {
    ...rest,
    processes: start === undefined ? plan.processes : { ...plan.processes, web: start },
    ...(dependencies
      ? { dependencies: install === undefined ? dependencies : { ...dependencies, command: install } }
      : {}),
    ...(build === undefined ? {} : { build }),
    ...(test === undefined ? {} : { test }),
    ...(release === undefined ? {} : { release }),
  };
};

/** What to do with a commit: the builder's plan, the Procfile over it, the settings over both. Throws what a person must correct. */
export const planBuild = async (source: SourceTree, settings: BuildSettings): Promise<PlannedBuild> => {
  const procfile = await source.read('Procfile');
  const chosen = await chosenPlan(source, settings, procfile !== undefined);
  const { because } = chosen;
  const withProcfile = procfile === undefined ? chosen.plan : overPlan(chosen.plan, parseProcfile(procfile));
  const plan = underSettings(withProcfile, settings);
  if (Object.keys(plan.processes).length === 0) throw nothingToStart(plan.builder, because);
  return { plan, because };
};
