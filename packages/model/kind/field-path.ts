/** Where a field is: `['spec', 'containers', 0, 'image']`. */
export type FieldPath = readonly (string | number)[];

/** As people and Kubernetes write it: `spec.containers[0].image`. */
export const fieldPathText = (path: FieldPath): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
