import { EnvironmentKind, EnvironmentRequestKind, type KindDefinition, ServiceKind } from '@causeway/model';

/** What others name comes before what names it. */
const first: readonly KindDefinition[] = [ServiceKind, EnvironmentKind];
const last: readonly KindDefinition[] = [EnvironmentRequestKind];

const rank = (kind: KindDefinition): number =>
  first.includes(kind) ? first.indexOf(kind) : last.includes(kind) ? first.length + 1 : first.length;

/** In the order in which objects can be made; those of one group need nothing of each other. */
export const inGroups = <T extends { readonly kind: KindDefinition }>(all: readonly T[]): T[][] =>
  [...Map.groupBy(all, ({ kind }) => rank(kind))].sort(([a], [b]) => a - b).map(([, group]) => group);
