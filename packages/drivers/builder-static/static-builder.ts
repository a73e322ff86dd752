import { readFileSync } from 'node:fs';
import type { Builder, BuildPlan, SourceTree } from '@causeway/contracts';
import { isBuiltSite } from '../builder-node/built-site.ts';
import { nodeBuilder } from '../builder-node/node-builder.ts';
import { readPackageJson } from '../builder-node/package-json.ts';

const serverPath = '.causeway/static-server.mjs';
const serverSource = readFileSync(new URL('./static-server.mjs', import.meta.url), 'utf8');

/** Where site generators put what they make: Vite, Create React App, Next export, Eleventy and Jekyll, Hugo. */
const outputs = ['dist', 'build', 'out', '_site', 'public'];

/** The folder that is served as it is, without a build. */
const readyFolder = async (source: SourceTree): Promise<string | undefined> => {
  for (const folder of ['.', 'public', 'dist', 'build'])
    if (await source.exists(folder === '.' ? 'index.html' : `${folder}/index.html`)) return folder;
  return undefined;
};

const serve = (folders: readonly string[]): string => `node ${serverPath} ${folders.join(' ')}`;

export const staticBuilder: Builder = {
  name: 'static',
  looksFor: [
    'index.html',
    'public/index.html',
    'dist/index.html',
    'build/index.html',
    'package.json with only a build script',
  ],

  async detect(source) {
    const manifest = await readPackageJson(source);
    if (manifest)
      return (await isBuiltSite(source, manifest))
        ? 'package.json with a build and nothing to start'
        : undefined;
    const folder = await readyFolder(source);
    return folder && (folder === '.' ? 'index.html' : `${folder}/index.html`);
  },

  async plan(source, settings): Promise<BuildPlan> {
    const common = { builder: 'static', files: { [serverPath]: serverSource } };
    const manifest = await readPackageJson(source);
    if (!manifest || !(Object.hasOwn(manifest.scripts, 'build') || settings.build)) {
      const ready = await readyFolder(source);
      const folders = ready === undefined || settings.build ? [...outputs, '.'] : [ready];
      return { ...common, runtime: 'static files', tools: ['node'], processes: { web: serve(folders) } };
    }
    const node = await nodeBuilder.plan(source, settings);
    return {
      ...node,
      ...common,
      runtime: `static files, built with ${node.runtime}`,
      processes: { web: serve(outputs) },
    };
  },
};
