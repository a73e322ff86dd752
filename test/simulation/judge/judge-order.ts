import type { AuditRecord, StoredAudit } from '@causeway/engine';
import type { TruthLog } from './truth-log.ts';

type Complain = (problem: string) => void;

/** [ENG1] Revisions follow one another in the order in which they become visible, and each state follows from the one before. */
export const judgeOrder = (log: TruthLog, complain: Complain): void => {
  for (const [index, entry] of log.entries.entries()) {
    const { revision, type, name, object, before } = entry;
    if (revision !== index + 1) complain(`revision ${revision} became visible as number ${index + 1}`);
    if (object.metadata.resourceVersion !== String(revision))
      complain(`revision ${revision} holds ${name} as version ${object.metadata.resourceVersion}`);
    if ((type === 'ADDED') !== (before === undefined))
      complain(`revision ${revision}: ${name} is ${type}, and was ${before ? 'there' : 'not there'}`);
    if (before && before.object.metadata.uid !== object.metadata.uid)
      complain(`revision ${revision}: ${name} became another object`);
    if (before && before.object.metadata.generation > object.metadata.generation)
      complain(`revision ${revision}: the generation of ${name} went back`);
  }
};

const wanted = (object: TruthLog['entries'][number]['object']): string => {
  const { metadata, status: _status, ...rest } = object;
  const { resourceVersion: _version, ...kept } = metadata;
  return JSON.stringify([rest, kept]);
};

/** [ENG8] Exactly the mutations have an audit record, in their order; a write of the status has none. */
export const judgeAudit = (log: TruthLog, audits: readonly StoredAudit[], complain: Complain): void => {
  const due = log.entries
    .filter(
      ({ type, object, before }) =>
        type !== 'MODIFIED' || !before || wanted(object) !== wanted(before.object),
    )
    .map(({ revision }) => revision)
    .join();
  const there = audits
    .map(({ record }) => Number((JSON.parse(record) as AuditRecord).resourceVersion))
    .join();
  if (due !== there) complain(`the audit has ${there}, due are ${due}`);
};
