import { accessSync, constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A real program that tests drive. */
export interface RealTool {
  /** Where it lies; of use only when `skip` is false. */
  readonly path: string;
  /** For a test's `skip`: why it cannot run here and what to do about it. */
  readonly skip: string | false;
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The program that `variable` names, else the one that `toolchain/real-tools` fetched. Throws when everything is required and it is missing. */
const realTool = (program: string, folder: string, variable: string): RealTool => {
  const named = process.env[variable];
  const file = named || path.join(os.homedir(), '.cache', 'causeway-tools', folder, 'bin', program);
  if (isExecutable(file)) return { path: file, skip: false };
  const reason = `needs ${program}: run toolchain/real-tools, or set ${variable} to one (${file} cannot be run)`;
  if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
  return { path: file, skip: reason };
};

/** kubectl, of the version that `toolchain/real-tools` pins. */
export const realKubectl = (): RealTool => realTool('kubectl', 'kubectl-1.37.1', 'CAUSEWAY_KUBECTL');

/** pytest, of the version that `toolchain/real-tools` pins. What it imports lies two folders above it, for PYTHONPATH. */
export const realPytest = (): RealTool => realTool('pytest', 'pytest-9.2.0', 'CAUSEWAY_PYTEST');

/** promtool of Prometheus, which reads and judges metrics. */
export const realPromtool = (): RealTool => realTool('promtool', 'promtool', 'CAUSEWAY_PROMTOOL');
