import type { DecisionInput, DecisionQuery, NewDecision, RecordedDecision } from '@causeway/engine';

const dayMs = 24 * 3_600_000;

/** The tables of decisions and of what was judged. */
export class KeptDecisions {
  #decisions: (RecordedDecision & { readonly seq: number })[] = [];
  readonly #inputs = new Map<string, DecisionInput & { readonly used: string }>();
  #seq = 0;

  keep(batch: readonly NewDecision[]): void {
    const uses = batch.flatMap(({ inputs, at }) => inputs.map(input => ({ ...input, used: at })));
    // The newest use of the batch counts, whatever its place.
    for (const use of uses.sort((a, b) => Date.parse(b.used) - Date.parse(a.used))) {
      const known = this.#inputs.get(use.digest);
      if (!known || Date.parse(known.used) < Date.parse(use.used) - dayMs)
        this.#inputs.set(use.digest, { ...(known ?? use), used: use.used });
    }
    for (const { inputs: _inputs, ...decision } of batch) {
      this.#seq += 1;
      if (!this.#decisions.some(({ id }) => id === decision.id))
        this.#decisions.push({ ...decision, seq: this.#seq });
    }
  }

  read(query: DecisionQuery): RecordedDecision[] {
    const { since, policy, teams, place, kind, name, denied, before, limit, inputs = false } = query;
    return this.#decisions
      .filter(
        one =>
          (since === undefined || Date.parse(one.at) >= Date.parse(since)) &&
          (policy === undefined || one.results.some(result => result.policy === policy)) &&
          (teams === undefined || teams.includes(one.team)) &&
          (place === undefined || one.place === place) &&
          (kind === undefined || one.kind === kind) &&
          (name === undefined || one.name === name) &&
          (!denied || !one.allowed) &&
          (before === undefined || one.seq < before),
      )
      .toReversed()
      .slice(0, limit)
      .map(one => (inputs ? { ...one, inputs: this.#inputsOf(one) } : one));
  }

  #inputsOf({ input, context = '' }: RecordedDecision): DecisionInput[] {
    return [input, context].flatMap(digest => {
      const found = this.#inputs.get(digest);
      return found ? [{ digest, data: found.data, redacted: found.redacted }] : [];
    });
  }

  drop(before: string): void {
    this.#decisions = this.#decisions.filter(({ at }) => Date.parse(at) >= Date.parse(before));
    for (const [digest, { used }] of this.#inputs)
      if (Date.parse(used) < Date.parse(before) - dayMs) this.#inputs.delete(digest);
  }
}
