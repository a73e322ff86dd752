import { cpuMillis, memoryBytes, type Resources } from '@causeway/model';
import type { RateCard } from '../../settings.ts';

/** As FOCUS and the clouds’ price lists count: a year’s hours by twelve. */
export const hoursInMonth = 730;

/** In whole cents. */
export const rounded = (amount: number): number => Math.round(amount * 100) / 100;

/** So many copies of something, all month long. */
export const monthlyOf = (copies: number, resources: Resources, rates: RateCard): number =>
  copies *
  ((cpuMillis(resources.cpu) / 1000) * rates.cpu +
    (memoryBytes(resources.memory) / 1024 ** 3) * rates.memory);
