import { type StepName, stepNames } from '../environments/steps.ts';

/** What injected faults do to those whom they hit. A run in which one of them never happened has not tried it. */
export const effects = [
  'a commit under way is lost in a crash',
  'a commit under way survives a crash, and nobody is told',
  'a statement is lost on its way',
  'a statement arrives after its connection broke',
  'the answer to a statement is lost',
  'a commit without an answer is looked up and was made',
  'a commit without an answer is looked up and was not made',
  'a write that comes after its look-up is refused',
  'a write is refused because another server was faster',
  'a write is refused because the lease is lost',
  'a client is not told what became of its request',
  'a client reaches no server',
  'a watch goes on from a revision on a new connection',
  'a watch is told that its revision has expired',
  'a server reads everything anew',
  'a server waits for a slow watcher',
  'a callback waits for a processor',
  'a reconciler throws',
] as const;

export type Effect = (typeof effects)[number];

export const faultNames = [
  'a server crashes',
  'a server is replaced',
  'connections to the database break',
  'one connection to the database breaks',
  'connections break as something is sent',
  'a server is cut off from the database',
  'the way to the database is slow',
  'commits are slow',
  'the database crashes',
  'the database crashes at a commit',
  'clients are cut off',
  'connections of clients break',
  'the way to the servers is slow',
  'somebody sets a clock',
  'somebody sets the clock of the database',
  'the history is compacted',
  'a server misses what is compacted',
  'a server gets no processor',
] as const;

export type FaultName = (typeof faultNames)[number];

/** What is counted in the world of the engine. */
export const happenings: readonly Happening[] = [...faultNames, ...effects];

/** What goes wrong, and what that does, in the world of environments beside all that goes wrong with any engine. */
const environmentOnly = [
  'another agent takes over',
  'another gateway takes over',
  'its commit is lost',
  'its commit is made',
  'a clock goes back over what is at rest',
] as const;

const widgetsAlone: readonly Happening[] = [
  'a reconciler throws',
  'a watch is told that its revision has expired',
  'a server waits for a slow watcher',
  'a watch goes on from a revision on a new connection',
];

/** What is counted in the world of environments. */
export const environmentHappenings: readonly Happening[] = [
  ...happenings.filter(one => !widgetsAlone.includes(one)),
  ...environmentOnly,
  ...stepNames,
];

export type Happening = FaultName | Effect | (typeof environmentOnly)[number] | StepName;
