import { commandPage } from './command-page.ts';
import { errorsPage } from './errors-page.ts';
import { kindsPage } from './kinds-page.ts';
import { policiesPage } from './policies-page.ts';

/** The pages that the code itself says, each by its path from the root. */
export const referencePages: Readonly<Record<string, () => string>> = {
  'docs/reference/command.md': commandPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/kinds.md': kindsPage,
  'docs/reference/policies.md': policiesPage,
};
