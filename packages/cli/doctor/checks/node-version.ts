import { type Check, ok, problem, warning } from '../check.ts';

const needed = 24;
const preferred = 26;

export const nodeVersion: Check = {
  name: 'node',
  async run() {
    const { node } = process.versions;
    const major = Number(node.split('.')[0]);
    if (major < needed)
      return problem(
        `Node.js ${node} is too old.`,
        `Run the command through ./platform, which gets Node.js ${preferred}, or install ${needed} or later.`,
      );
    if (major < preferred)
      return warning(
        `Node.js ${node} works; ${preferred} needs about a third less CPU for HTTP.`,
        `Install Node.js ${preferred}, or run through ./platform.`,
      );
    return ok(`Node.js ${node}`);
  },
};
