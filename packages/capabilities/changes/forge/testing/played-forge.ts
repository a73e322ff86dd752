import type { Forge, ForgeChange } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';

/** A forge that a test plays: what it says, and what it was told. */
export interface PlayedForge {
  readonly forge: Forge;
  readonly changes: ForgeChange[];
  /** Folder or file → text; of any commit. */
  readonly files: Map<string, string>;
  /** Everything that was told, in order. */
  readonly told: string[];
  /** Thrown by everything as long as it is set. */
  fault: PlatformError | undefined;
}

export const openChange = (number: number, given: Partial<ForgeChange> = {}): ForgeChange => ({
  number,
  url: `https://forge.example/shop/infra/pulls/${number}`,
  state: 'Open',
  title: `Change ${number}`,
  description: '',
  author: 'alice',
  head: { branch: `topic-${number}`, commit: `head-${number}`, fork: false },
  base: { branch: 'main', commit: 'base' },
  files: [{ path: 'platform/a.yaml', added: 1, removed: 0 }],
  approvals: [],
  refusals: [],
  ...given,
});

export const playForge = (): PlayedForge => {
  const played: PlayedForge = {
    changes: [],
    files: new Map([['platform', 'kind: Something\n']]),
    told: [],
    fault: undefined,
    forge: {
      name: 'own',
      url: 'https://forge.example',
      receive: async () => ({ delivery: '1', event: { type: 'ignored', why: 'nobody asks' } }),
      async changes(_repository, also) {
        if (played.fault) throw played.fault;
        return played.changes.filter(({ state, number }) => state === 'Open' || also.includes(number));
      },
      async read(_repository, commit, path) {
        if (played.fault) throw played.fault;
        const text = played.files.get(path);
        if (text === undefined) throw new PlatformError('NotFound', `there is no ${path} in ${commit}`);
        return [{ path: 'a.yaml', text }];
      },
      async setStatus(_repository, commit, { state }) {
        if (played.fault) throw played.fault;
        played.told.push(`${commit}: ${state}`);
      },
      async comment(_repository, number, about, text) {
        if (played.fault) throw played.fault;
        played.told.push(`#${number} ${about}: ${text}`);
      },
    },
  };
  return played;
};
