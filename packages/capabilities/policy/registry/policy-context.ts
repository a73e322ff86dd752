import type { Engine } from '@causeway/engine';
import { EnvironmentKind, TeamKind } from '@causeway/model';

/** What rules may know beyond the document that they judge. */
export interface PolicyContext extends Readonly<Record<string, unknown>> {
  /** Names of all teams. */
  readonly teams: readonly string[];
  /** Names of the team’s environments. */
  readonly environments: readonly string[];
}

/** Always the same object until something of it changes, so that whoever keeps it need not look at it twice. */
export const createPolicyContext = ({ store, onChange }: Pick<Engine, 'store' | 'onChange'>) => {
  let teams: readonly string[] | undefined;
  const known = new Map<string, PolicyContext>();
  const ends = [
    onChange(TeamKind, ({ type }) => {
      if (type === 'MODIFIED') return;
      teams = undefined;
      known.clear();
    }),
    onChange(EnvironmentKind, ({ type, object }) => {
      if (type !== 'MODIFIED') known.delete(object.metadata.namespace ?? '');
    }),
  ];
  const names = (objects: readonly { metadata: { name: string } }[]): string[] =>
    objects.map(({ metadata }) => metadata.name).sort();
  return {
    /** '' is no team. */
    of(team: string): PolicyContext {
      const before = known.get(team);
      if (before) return before;
      teams ??= names(store.peekAll(TeamKind));
      const environments = team === '' ? [] : names(store.peekAll(EnvironmentKind, team));
      const context = { teams, environments };
      known.set(team, context);
      return context;
    },
    close(): void {
      for (const end of ends) end();
    },
  };
};
