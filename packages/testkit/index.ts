export { type TestDatabase, testDatabase } from './database.ts';
export { endPostgresWithThisProcess } from './end-with-this-process.ts';
export { type ForgeComment, type ForgeUnderTest, testForgeContract } from './forge-contract.ts';
export { holds } from './holds.ts';
export {
  type OutsidePostgres,
  outsidePostgresMissing,
  startOutsidePostgres,
} from './outside-postgres.ts';
export { type GiteaServer, startGitea } from './real-gitea.ts';
export { type KubernetesCluster, startKubernetes } from './real-kubernetes.ts';
export {
  type RealKubernetes,
  type RealTool,
  realGitea,
  realKubectl,
  realKubernetes,
  realOpa,
  realPromtool,
  realPytest,
  realPythonKubernetes,
} from './real-tools.ts';
export {
  type OpenRuntime,
  type RuntimeContractOptions,
  type RuntimeUnderTest,
  testRuntimeContract,
} from './runtime-contract.ts';
export { throwAwayServer } from './throw-away-server.ts';
export { type Patience, until } from './until.ts';
