/** What a recorded judgement said, and what the policy as it is now, or would be, says of the same. */
export interface ReplayedInput {
  /** RFC 3339, when it was decided. */
  readonly at: string;
  readonly team: string;
  /** `Deployment/web`. */
  readonly object: string;
  readonly before: 'refused' | 'passed';
  readonly now: 'refused' | 'passed';
  readonly messages: readonly string[];
  /** Something secret was taken out of it before it was kept: the rule may see less than it saw. */
  readonly redacted: boolean;
}

export interface ReplayChange {
  readonly team: string;
  readonly inputs: number;
  /** The newest. */
  readonly example: Pick<ReplayedInput, 'at' | 'object' | 'messages'>;
}

/** What a policy would have decided over what was recorded. */
export interface ReplayReport {
  readonly policy: string;
  readonly since: string;
  /** Recorded inputs that it was asked about, or would be. */
  readonly judged: number;
  readonly same: number;
  /** By team, the most first. */
  readonly newlyRefused: readonly ReplayChange[];
  readonly noLongerRefused: readonly ReplayChange[];
  /** Inputs that were redacted, and so may come out otherwise than what was judged then. */
  readonly redacted: number;
}

/** Adds up replayed inputs; they may come in any order and number. */
export const createReplay = (policy: string, since: string) => {
  let judged = 0;
  let same = 0;
  let redacted = 0;
  const changes = { refused: new Map<string, ReplayChange>(), passed: new Map<string, ReplayChange>() };
  const sorted = (of: Map<string, ReplayChange>): ReplayChange[] =>
    [...of.values()].toSorted((a, b) => b.inputs - a.inputs || (a.team < b.team ? -1 : 1));
  return {
    add(input: ReplayedInput): void {
      judged += 1;
      if (input.redacted) redacted += 1;
      if (input.before === input.now) {
        same += 1;
        return;
      }
      const of = changes[input.now];
      const known = of.get(input.team);
      const { team, at, object, messages } = input;
      const example = known && known.example.at >= at ? known.example : { at, object, messages };
      of.set(team, { team, inputs: (known?.inputs ?? 0) + 1, example });
    },
    report: (): ReplayReport => ({
      policy,
      since,
      judged,
      same,
      newlyRefused: sorted(changes.refused),
      noLongerRefused: sorted(changes.passed),
      redacted,
    }),
  };
};
