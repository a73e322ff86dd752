import { closestNames, type KindDefinition, kindId, kinds, PlatformError } from '@causeway/model';

const namesOf = (kind: KindDefinition): string[] => [
  kind.plural,
  kind.singular,
  kind.kind.toLowerCase(),
  ...kind.shortNames,
  kindId(kind),
];

/** A kind by plural, singular, short or full name (`services.causeway.dev`). Throws `Usage` with what was probably meant. */
export const findKind = (word: string): KindDefinition => {
  const wanted = word.toLowerCase();
  const found = kinds.find(kind => namesOf(kind).includes(wanted));
  if (found) return found;
  const near = closestNames(
    wanted,
    kinds.flatMap(kind => [kind.plural, kind.singular]),
  );
  throw new PlatformError('Usage', `There is no kind '${word.slice(0, 80)}'.`, {
    evidence: near.length > 0 ? [`did you mean ${near.join(' or ')}?`] : [],
    next: 'See `platform get` for all kinds.',
  });
};

/** What a command was given: a kind and names, as `service orders` or `service/orders build/orders.7`. */
export interface Target {
  readonly kind: KindDefinition;
  readonly name: string;
}

export const parseTargets = (
  kindWord: string,
  names: readonly string[],
): { kind: KindDefinition; targets: Target[] } => {
  if (!kindWord.includes('/')) {
    const kind = findKind(kindWord);
    return { kind, targets: names.map(name => ({ kind, name })) };
  }
  const targets = [kindWord, ...names].map(word => {
    const [kind = '', name = '', ...more] = word.split('/');
    if (name === '' || more.length > 0)
      throw new PlatformError('Usage', `'${word.slice(0, 80)}' is not KIND/NAME.`, {
        next: 'Name one kind and then its objects (service orders), or each as KIND/NAME (service/orders).',
      });
    return { kind: findKind(kind), name };
  });
  return { kind: targets[0]?.kind ?? findKind(kindWord), targets };
};

/** Where a kind's objects are: the team's namespace, or nowhere for those of the whole platform. */
export const namespaceFor = (kind: KindDefinition, team: string): string =>
  kind.scope === 'Cluster' ? '' : team;
