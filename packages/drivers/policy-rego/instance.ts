import { readFileSync } from 'node:fs';
import { initSync } from './artefact/rego.js';

let loaded = false;

/** Loads the engine into this thread, once. It takes about 50 ms, most of them the compiler’s. */
export const needInstance = (): void => {
  if (loaded) return;
  initSync({ module: readFileSync(new URL('./artefact/rego.wasm', import.meta.url)) });
  loaded = true;
};
