import { randomUUID } from 'node:crypto';

/** Where the engine gets what nobody can foresee, so that simulation can repeat it. */
export interface Chance {
  /** A new UUID, version 4. */
  uuid(): string;
  /** From 0 up to, but not including, 1. */
  fraction(): number;
}

export const systemChance: Chance = { uuid: randomUUID, fraction: Math.random };
