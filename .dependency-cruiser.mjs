import { edges } from './toolchain/edges.mjs';

const names = Object.keys(edges);
const test = '\\.test\\.ts$|/testing/|-testing/';

/** A package reaches only what its edges name. */
const allowedOnly = names.map(name => {
  const forbidden = names.filter(other => other !== name && !edges[name].includes(other));
  return {
    name: `edges-of-${name}`,
    severity: 'error',
    comment: `packages/${name} may import ${edges[name].join(', ') || 'nothing internal'} (toolchain/edges.mjs)`,
    from: { path: `^packages/${name}/`, pathNot: test },
    to: { path: `^packages/(${forbidden.join('|')})/` },
  };
});

/** For the command and the threads that judge policies, which need neither schemas nor runtimes (docs/decisions/0016-second-doors.md). */
const secondDoors = ['^packages/drivers/policy-workers/index\\.ts$', '^packages/model/errors/index\\.ts$'];

/** From outside, a package is entered by its door. */
const byTheDoor = {
  name: 'by-the-door',
  severity: 'error',
  comment: 'import a package by its index.ts',
  from: { path: '^packages/([^/]+)/', pathNot: test },
  to: { path: '^packages/([^/]+)/', pathNot: ['^packages/$1/', '^packages/[^/]+/index\\.ts$', ...secondDoors] },
};

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { pathNot: test }, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    byTheDoor,
    ...allowedOnly,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/fixtures/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
