import { hash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
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

/**
 * The program that `variable` names, else the one that `script` brought. Throws when everything is required and it is
 * missing.
 */
const realTool = (
  program: string,
  folder: string,
  variable: string,
  script = 'toolchain/real-tools',
): RealTool => {
  const named = process.env[variable];
  const file = named || path.join(os.homedir(), '.cache', 'causeway-tools', folder, 'bin', program);
  if (isExecutable(file)) return { path: file, skip: false };
  const reason = `needs ${program}: run ${script}, or set ${variable} to one (${file} cannot be run)`;
  if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
  return { path: file, skip: reason };
};

/** kubectl, of the version that `toolchain/real-tools` pins. */
export const realKubectl = (): RealTool => realTool('kubectl', 'kubectl-1.37.1', 'CAUSEWAY_KUBECTL');

/** pytest, of the version that `toolchain/real-tools` pins. What it imports lies two folders above it, for PYTHONPATH. */
export const realPytest = (): RealTool => realTool('pytest', 'pytest-9.2.0', 'CAUSEWAY_PYTEST');

/** Kubernetes' Python client, of the version that `toolchain/real-tools` pins. What is imported lies two folders above it, for PYTHONPATH. */
export const realPythonKubernetes = (): RealTool =>
  realTool('wsdump', 'kubernetes-python-35.0.0', 'CAUSEWAY_PYTHON_KUBERNETES');

/** The programs of a Kubernetes control plane, as `toolchain/real-kubernetes/build` builds them. */
export interface RealKubernetes {
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly etcd: string;
  /** As `RealTool.skip`. */
  readonly skip: string | false;
}

/** The Kubernetes control plane that the go.sum files under toolchain/real-kubernetes pin. */
export const realKubernetes = (): RealKubernetes => {
  const modules = path.join(import.meta.dirname, '../../toolchain/real-kubernetes');
  const built = (program: string, folder: string, variable: string): RealTool => {
    const sum = hash('sha256', readFileSync(path.join(modules, folder, 'go.sum'))).slice(0, 12);
    return realTool(program, `${program}-${sum}`, variable, 'toolchain/real-kubernetes/build');
  };
  const apiserver = built('kube-apiserver', '.', 'CAUSEWAY_KUBE_APISERVER');
  const controllerManager = built('kube-controller-manager', '.', 'CAUSEWAY_KUBE_CONTROLLER_MANAGER');
  const etcd = built('etcd', 'etcd', 'CAUSEWAY_ETCD');
  return {
    apiserver: apiserver.path,
    controllerManager: controllerManager.path,
    etcd: etcd.path,
    skip: apiserver.skip || controllerManager.skip || etcd.skip,
  };
};

/** OPA, as `toolchain/real-opa/build` builds it: of the version that its go.sum pins. */
export const realOpa = (): RealTool => {
  const sums = readFileSync(path.join(import.meta.dirname, '../../toolchain/real-opa/go.sum'));
  const folder = `opa-${hash('sha256', sums).slice(0, 12)}`;
  return realTool('opa', folder, 'CAUSEWAY_OPA', 'toolchain/real-opa/build');
};

/** Gitea, as `toolchain/real-gitea/build` builds it: of the version that its go.sum pins. What it serves lies beside its folder. */
export const realGitea = (): RealTool => {
  const sums = readFileSync(path.join(import.meta.dirname, '../../toolchain/real-gitea/go.sum'));
  const folder = `gitea-${hash('sha256', sums).slice(0, 12)}`;
  return realTool('gitea', folder, 'CAUSEWAY_GITEA', 'toolchain/real-gitea/build');
};

/** promtool of Prometheus, which reads and judges metrics. */
export const realPromtool = (): RealTool => realTool('promtool', 'promtool', 'CAUSEWAY_PROMTOOL');
