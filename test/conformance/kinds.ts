import { type KindDefinition, kinds } from '@causeway/model';
import { SampleKind } from './sample-kind.ts';

/** The kinds that both servers serve: all of ours that are no part of Kubernetes itself, and one that has everything. */
export const conformanceKinds: readonly KindDefinition[] = [
  SampleKind,
  ...kinds.filter(kind => kind.group !== ''),
];
