export { type TestDatabase, testDatabase } from './database.ts';
export { endPostgresWithThisProcess } from './end-with-this-process.ts';
export { type RealTool, realKubectl, realPromtool, realPytest } from './real-tools.ts';
export {
  type OpenRuntime,
  type RuntimeContractOptions,
  type RuntimeUnderTest,
  testRuntimeContract,
} from './runtime-contract.ts';
export { holds } from './holds.ts';
export { throwAwayServer } from './throw-away-server.ts';
