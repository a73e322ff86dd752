import { clonePlain } from '@causeway/engine';
import type { KindObject } from '@causeway/model';
import { statedAnnotation } from '../../changes/source/annotations.ts';

/** kubectl’s and our own copy of what was applied: it says nothing more, and hides what it holds from who looks for secrets. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An object as policies see it: what is wanted of it. What the platform observes (status) and counts (versions, managers) is
 * left out, so that the same wish is the same document wherever it is judged. A private copy.
 */
export const judgedDocument = ({
  metadata,
  status: _status,
  ...rest
}: KindObject): Record<string, unknown> => {
  const { name, namespace, labels, ownerReferences, annotations: all } = metadata;
  const { [lastApplied]: _kubectl, [statedAnnotation]: _git, ...annotations } = all ?? {};
  const given = { name, namespace, labels, annotations, ownerReferences };
  return clonePlain({
    ...rest,
    metadata: Object.fromEntries(
      Object.entries(given).filter(
        ([key, value]) => value !== undefined && (key !== 'annotations' || Object.keys(value).length > 0),
      ),
    ),
  });
};
