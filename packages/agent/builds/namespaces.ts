import { spawnSync } from 'node:child_process';

let answer: boolean | undefined;

/** Whether this process may make process and mount namespaces: as root on a machine yes, in many containers no. Asked once. */
export const canMakeNamespaces = (): boolean => {
  answer ??=
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
      .status === 0;
  return answer;
};
