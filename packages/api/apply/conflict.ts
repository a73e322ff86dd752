import { type FieldSet, type KindDefinition, PlatformError } from '@causeway/model';
import { pathsIn } from './field-set.ts';
import type { Manager, Managers } from './managers.ts';
import { shownPath } from './path-element.ts';

const shownManager = ({ manager, operation, apiVersion, subresource }: Manager): string => {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
};

/** Applying would change what others manage: who, and which fields. Words and causes are the kube-apiserver’s. */
export const applyConflict = (
  kind: KindDefinition,
  managers: Managers,
  taken: ReadonlyMap<string, FieldSet>,
): PlatformError => {
  const conflicts = [...taken.keys()].sort().map(id => ({
    who: shownManager(managers.get(id) as Manager),
    paths: pathsIn(taken.get(id) as FieldSet).map(shownPath),
  }));
  const count = conflicts.reduce((sum, { paths }) => sum + paths.length, 0);
  const what =
    count === 1
      ? `1 conflict: conflict with ${conflicts[0]?.who}: ${conflicts[0]?.paths[0]}`
      : `${count} conflicts: ${conflicts
          .flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map(path => `- ${path}`)])
          .join('\n')}`;
  return new PlatformError('ApplyConflict', `Apply failed with ${what}`, {
    kind: kind.plural,
    causes: conflicts.flatMap(({ who, paths }) =>
      paths.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
    ),
  });
};
