import { Buffer } from 'node:buffer';
import type { FolderEntry, Forge } from '@causeway/contracts';
import type { Controller } from '@causeway/engine';
import type { Capabilities } from '../../settings.ts';
import { planFiles } from '../plan/plan-files.ts';
import { claimsOf } from '../source/claims.ts';
import { isPlatformFile, readPlatformFiles } from '../source/platform-files.ts';
import { forgeChangesController } from './forge-changes-controller.ts';
import { forgeReportController } from './forge-report-controller.ts';
import { sourcesIn } from './repository-in-forge.ts';

/** What runs for forges. */
export interface RunningForges {
  /** Looks at a repository of a forge soon; returns how many sources it is. */
  look(forge: Forge, repository: string): number;
}

/** Sees changes in forges, plans them, and reports there. */
export const runForges = (capabilities: Capabilities): RunningForges => {
  const { engine, forges = [], apiGroups } = capabilities;
  const { store } = engine;
  const changes: Controller = engine.run(forgeChangesController(engine, forges));
  engine.run(
    forgeReportController({
      engine,
      forges,
      async plan({ metadata, spec: { folder } }, commit, by, files) {
        const about = { team: metadata.namespace ?? '', source: metadata.name };
        const entries = files
          .map(({ path, text }): FolderEntry => ({ path, type: 'file', size: Buffer.byteLength(text), text }))
          .filter(isPlatformFile);
        const nothing = claimsOf(store, { namespace: about.team, name: about.source }).length === 0;
        if (entries.length === 0 && nothing) return undefined;
        const read = readPlatformFiles(entries, { ...about, folder, apiGroups });
        return planFiles(capabilities, { ...about, commit, by }, read);
      },
    }),
  );
  return {
    look(forge, repository) {
      const keys = sourcesIn(store, forge, repository);
      for (const key of keys) changes.nudge(key);
      return keys.length;
    },
  };
};
