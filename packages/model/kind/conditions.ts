import { z } from 'zod';

/** A condition as the Kubernetes API conventions define it. Messages hold no timestamps. */
export const Condition = z.object({
  type: z.string().meta({ description: 'What is judged, such as Ready.' }),
  status: z.enum(['True', 'False', 'Unknown']).meta({ description: 'Whether it is so.' }),
  reason: z.string().meta({ description: 'Why, in one word for programs.' }),
  message: z.string().meta({ description: 'Why, for people.' }),
  observedGeneration: z
    .int()
    .optional()
    .meta({ description: 'The generation of the spec it was judged for.' }),
  lastTransitionTime: z.string().meta({ description: 'When the status last changed.' }),
});
export type Condition = z.infer<typeof Condition>;

/** Conditions as a schema field: a list keyed by `type`. */
export const Conditions = z.array(Condition).meta({
  description: 'What is true of the object now; wait on them with kubectl wait.',
  listType: 'map',
  listMapKeys: ['type'],
});

export const findCondition = (
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined => conditions?.find(condition => condition.type === type);

export const isTrue = (object: { status?: unknown }, type: string): boolean =>
  findCondition((object.status as { conditions?: Condition[] } | undefined)?.conditions, type)?.status ===
  'True';

/** `conditions` with one set; the transition time moves only when the status does. */
export const withCondition = (
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] => {
  const list = conditions ?? [];
  const before = findCondition(list, next.type);
  const condition: Condition = {
    ...next,
    lastTransitionTime: before?.status === next.status ? before.lastTransitionTime : now,
  };
  return before ? list.map(other => (other.type === next.type ? condition : other)) : [...list, condition];
};
