/** The Kubernetes minor version whose API this follows; kubectl warns when its own is further away than one. */
const kubernetes = { major: '1', minor: '37', patch: '0' };

/** GET /version, in Kubernetes' shape. The platform's own version follows the plus sign, as build metadata does in semver. */
export const versionAnswer = (version: string) => {
  const { major, minor, patch } = kubernetes;
  return {
    major,
    minor,
    gitVersion: `v${major}.${minor}.${patch}+causeway.${version}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
};
