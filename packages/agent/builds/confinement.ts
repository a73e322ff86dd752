import { detectIsolation, type Isolation, privateFolders } from '@causeway/drivers';

/** How builds of this machine are kept from the platform's own files. */
export interface Confinement {
  readonly isolation: Isolation;
  /** Folders that builds do not see, but for what is theirs in there. */
  readonly hidden: readonly string[];
}

/** Tries what this machine allows, in the folder of builds. `data` is absolute and free of symbolic links. */
export const findConfinement = async (data: string, builds: string): Promise<Confinement> => {
  const isolation = await detectIsolation(builds);
  const hides = isolation === 'namespaces' || isolation === 'bubblewrap';
  return { isolation, hidden: hides ? [data, ...privateFolders()] : [] };
};
