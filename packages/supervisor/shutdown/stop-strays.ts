import { dataPaths } from '../data/paths.ts';
import type { PlatformState } from '../data/platform-state.ts';
import { identify } from '../processes/identity.ts';
import { runningPrograms } from '../processes/running-programs.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { graceMs } from './grace.ts';

/** In the command line of a server that somebody runs beside the platform’s own: `platform server`. */
export const aloneArgument = 'alone';

/**
 * Ends what runs from DATA/versions and is in no record: a gateway that hands over, or a process that was started just
 * before kill -9 of its supervisor. Servers that run alone are somebody’s own: they end with the platform only.
 */
export const stopStrays = async (
  data: string,
  state: PlatformState | undefined,
  { alone = false }: { readonly alone?: boolean } = {},
): Promise<void> => {
  const known = state?.processes.map(({ identity }) => identity?.pid) ?? [];
  const strays = runningPrograms(`${dataPaths(data).versions}/`).filter(
    ({ pid, commandLine }) =>
      !known.includes(pid) &&
      /\/packages\/(server|gateway|agent)\/main\.ts/.test(commandLine) &&
      (alone || !commandLine.includes(`/main.ts ${aloneArgument}`)),
  );
  const identities = strays.flatMap(({ pid }) => identify(pid) ?? []);
  await Promise.all(identities.map(identity => stopProcess(identity, graceMs.gateway)));
};
