import { Buffer } from 'node:buffer';
import type { FolderEntry, Forge, ForgeNews } from '@causeway/contracts';
import type { Controller } from '@causeway/engine';
import { keyOf } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { planFiles } from '../plan/plan-files.ts';
import { claimsOf } from '../source/claims.ts';
import { isPlatformFile, readPlatformFiles } from '../source/platform-files.ts';
import { forgeChangesController } from './forge-changes-controller.ts';
import { forgeReportController } from './forge-report-controller.ts';
import { haveLookedAt } from './look-at.ts';
import { sourcesIn } from './repository-in-forge.ts';

/** What runs for forges. */
export interface RunningForges {
  /** Looks soon at what a delivery of a forge is about; returns how many sources that is. */
  look(forge: Forge, news: ForgeNews): Promise<number>;
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
      async plan({ metadata, spec: { folder } }, commit, files) {
        // Whoever named the repository answers for its files: a name in the forge need not be the same person’s here.
        const by = metadata.annotations?.['causeway.dev/created-by'] ?? 'unknown';
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
    async look(forge, { delivery, event }) {
      if (event.type === 'ignored') return 0;
      const sources = sourcesIn(store, forges, forge, event.repository);
      for (const source of sources) {
        changes.nudge(keyOf(source));
        if (event.type === 'push' && event.branch === source.spec.branch)
          await haveLookedAt(store, source, `${forge.name} ${delivery}`);
      }
      return sources.length;
    },
  };
};
