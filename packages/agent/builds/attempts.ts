import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** How often a build was begun and not ended, so that one that takes the agent down with it is not begun for ever. */
export const countAttempt = (file: string): number => {
  let before = 0;
  try {
    before = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // The first.
  }
  writeFileSync(file, String(before + 1));
  return before + 1;
};

export const forgetAttempts = (file: string): void => rmSync(file, { force: true });
