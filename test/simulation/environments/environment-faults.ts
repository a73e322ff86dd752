import { type Fault, type FaultParts, faults } from '../world/faults.ts';
import type { Agent } from './agent.ts';
import type { Gateway } from './gateway.ts';
import { type StepName, stepNames, takesStep } from './steps.ts';

export interface EnvironmentFaultParts extends FaultParts {
  readonly agent: Agent;
  readonly gateway: Gateway;
  /** Told before somebody sets the database’s clock. */
  readonly onClock: () => void;
}

type EnvironmentFault = Fault<EnvironmentFaultParts>;

const hour = 3_600_000;

/** A server dies at the next commit that takes a step: before it arrives, or when it is made and nobody has heard of it. */
const killAt = (step: StepName, parts: EnvironmentFaultParts): void => {
  const { scheduler, random, database, servers } = parts;
  const kill = (client: string, batch: Parameters<typeof takesStep>[1] | undefined): 'lost' | undefined => {
    const server = servers.find(({ machine }) => machine?.name === client);
    if (!server || !batch || !takesStep(step, batch)) return undefined;
    database.onCommit.delete(kill);
    const lost = random.chance(0.5);
    scheduler.count(step);
    scheduler.count(lost ? 'its commit is lost' : 'its commit is made');
    // Not in the midst of its own statement.
    scheduler.after(0, () => server.crash());
    scheduler.after(random.between(1, 1000), () => server.start());
    return lost ? 'lost' : undefined;
  };
  database.onCommit.add(kill);
};

/** What can go wrong where environments are brought. */
export const environmentFaults = {
  ...faults,
  'somebody sets the clock of the database': ({ random, database, onClock }) => {
    onClock();
    database.jump(random.pick([-72 * hour, -hour, -5000, 5000, hour, 72 * hour]));
    return true;
  },
  'another agent takes over': ({ agent }) => {
    agent.replace();
    return true;
  },
  'another gateway takes over': ({ gateway }) => {
    gateway.replace();
    return true;
  },
} satisfies Record<string, EnvironmentFault>;

/** Lets a server die when this step is first taken, and at a few others, each from some moment within `ms` on. */
export const scheduleDeaths = (parts: EnvironmentFaultParts, first: StepName, ms: number): void => {
  const { scheduler, random } = parts;
  killAt(first, parts);
  const others = Array.from({ length: random.below(4) }, () => random.pick(stepNames));
  for (const step of others) scheduler.after(random.between(0, ms), () => killAt(step, parts));
};
