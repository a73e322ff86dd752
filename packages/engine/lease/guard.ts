import { AsyncLocalStorage } from 'node:async_hooks';
import type { Guard } from '../database/database.ts';

const current = new AsyncLocalStorage<Guard | undefined>();

/** Runs work that counts only while a lease holds: every write made in it carries the guard. */
export const underLease = <T>(guard: Guard, work: () => T): T => current.run(guard, work);

/** The guard of the work that is running, if it has one. */
export const currentGuard = (): Guard | undefined => current.getStore();

/** Runs what serves many: it takes nobody’s guard with it. */
export const withoutLease = <T>(work: () => T): T => current.run(undefined, work);
