import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds; rejects with what it was waiting for after the deadline. */
export const eventually = async (what: string, condition: () => unknown, withinMs = 5_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(5);
  }
};
