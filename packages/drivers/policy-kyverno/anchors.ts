/** What stands around a key of a pattern: see https://kyverno.io/docs/writing-policies/validate/#anchors. */
export type AnchorKind = 'condition' | 'global' | 'existence' | 'equality' | 'negation' | 'addition';

const kinds: Readonly<Record<string, AnchorKind>> = {
  '': 'condition',
  '<': 'global',
  '^': 'existence',
  '=': 'equality',
  X: 'negation',
  '+': 'addition',
};

export interface Anchor {
  readonly kind: AnchorKind;
  readonly key: string;
}

/** The anchor of a key; `undefined` when it has none. */
export const anchorOf = (key: string): Anchor | undefined => {
  const [, modifier = '', inner] = /^([+<=X^]?)\((.+)\)$/.exec(key) ?? [];
  const kind = kinds[modifier];
  return inner === undefined || !kind ? undefined : { kind, key: inner };
};
