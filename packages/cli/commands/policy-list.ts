import { findCondition, type Policy, PolicyKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { withoutManagers } from '../resources/without-managers.ts';

const stateOf = ({ status }: Policy): string => {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready?.status === 'True' ? 'yes' : (ready?.reason ?? '');
};

const rowOf = (policy: Policy, wide: boolean): unknown[] => {
  const { metadata, spec, status } = policy;
  return [
    metadata.name,
    spec.action,
    spec.severity,
    spec.owner,
    status?.judged?.objects,
    status?.judged?.failing,
    status?.judged?.excepted,
    stateOf(policy),
    spec.title,
    ...(wide ? [spec.engine, spec.match.kinds.join(), spec.why] : []),
  ];
};

export const run = async (invocation: Invocation): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const list = await client.resource(PolicyKind).list({ signal });
  if (output.machine) return output.document(withoutManagers(list));
  if (list.items.length === 0) return output.note('There are no policies.');
  const wide = output.format === 'wide';
  printTable(
    output,
    [
      'Name',
      'Action',
      'Severity',
      'Owner',
      'Objects',
      'Failing',
      'Excepted',
      'Ready',
      'Title',
      ...(wide ? ['Engine', 'Kinds', 'Why'] : []),
    ],
    list.items.map(policy => rowOf(policy, wide)),
  );
};
