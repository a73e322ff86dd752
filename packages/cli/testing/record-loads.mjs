// Preloaded with --import: prints, at the end, what the program loaded from node_modules and from packages.
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    const name =
      /(?:node_modules|packages)\/((?:@[^/]+\/)?[^/]+)/.exec(
        url.slice(url.lastIndexOf('node_modules')),
      )?.[1] ?? /\/packages\/([^/]+)/.exec(url)?.[1];
    if (name) loaded.add(name);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(`loaded: ${[...loaded].sort().join(' ')}\n`));
