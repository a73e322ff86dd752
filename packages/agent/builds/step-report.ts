import type { BuildStep, BuildStepName } from '@causeway/model';

/** The steps of one build as they come and go; `changed` is told after each movement. */
export class StepReport {
  readonly #steps: BuildStep[] = [];
  readonly #changed: () => void;
  readonly #now: () => Date;

  constructor(changed: () => void, now: () => Date) {
    this.#changed = changed;
    this.#now = now;
  }

  list(): BuildStep[] {
    return this.#steps.map(step => ({ ...step }));
  }

  begin(name: BuildStepName): void {
    this.#steps.push({ name, state: 'Running', startedAt: this.#now().toISOString() });
    this.#changed();
  }

  end(state: 'Succeeded' | 'Failed' | 'Skipped', message: string): void {
    const step = this.#steps.at(-1);
    if (step?.state !== 'Running') return;
    step.state = state;
    step.message = message;
    step.finishedAt = this.#now().toISOString();
    this.#changed();
  }
}
