import { type Check, ok, warning } from '../check.ts';
import { runProgram } from '../program.ts';

/** As root a workload gets a user of its own; otherwise namespaces that an ordinary user may make. */
export const isolation: Check = {
  name: 'isolation',
  async run({ signal }) {
    if (process.platform !== 'linux')
      return warning(
        'Workloads run as your own user: they could read the platform’s files.',
        'Run only programs you trust, or use Linux.',
      );
    if (process.getuid?.() === 0) {
      const [user, mount] = await Promise.all([
        runProgram(
          'setpriv',
          ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--no-new-privs', 'true'],
          signal,
        ),
        runProgram('unshare', ['--mount', '--propagation=slave', 'true'], signal),
      ]);
      if (!user.ok)
        return warning(
          'Workloads run as root: setpriv cannot give them a user of their own.',
          'Install util-linux (apt-get install util-linux).',
          [user.why],
        );
      if (!mount.ok)
        return warning(
          'Workloads have a user of their own, but see the platform’s folder: no mount namespaces here.',
          'In a container, allow CAP_SYS_ADMIN; otherwise keep secrets out of world-readable files.',
          [mount.why],
        );
      return ok('Workloads get a user and a mount namespace of their own (setpriv, unshare).');
    }
    const bwrap = await runProgram('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', 'true'], signal);
    if (bwrap.ok) return ok('Workloads are kept apart with bubblewrap.');
    const missing = bwrap.why.includes('not found');
    return warning(
      'Workloads run as your own user: they could read the platform’s tokens.',
      missing
        ? 'Install bubblewrap: apt-get install bubblewrap.'
        : 'Allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, and on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0.',
      [bwrap.why],
    );
  },
};
