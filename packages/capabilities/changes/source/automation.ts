import type { Actor } from '@causeway/engine';

/** Who writes what files say: the platform’s hand, for the person who brought the commit there. */
export const automationFor = (person: string): Actor => ({
  user: 'automation:git',
  onBehalfOf: person,
  from: 'git',
});
