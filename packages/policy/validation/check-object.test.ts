import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { readDocuments } from '../files/documents.ts';
import { checkObject } from './check-object.ts';

// A case is a file of objects, with what must be said of them beside it. CAUSEWAY_UPDATE_GOLDEN=1 writes that anew.
const fixtures = new URL('fixtures/', import.meta.url);

for (const name of readdirSync(fixtures).filter(file => file.endsWith('.yaml')))
  test(`golden: ${name}`, () => {
    const lines = readDocuments(name, readFileSync(new URL(name, fixtures), 'utf8')).flatMap(document =>
      checkObject(document.value).map(({ path, of, rule, message, next }) => {
        const { line, column } = document.positionOf(path, of);
        return `${line}:${column} ${rule}: ${message} | ${next}`;
      }),
    );
    const text = lines.map(line => `${line}\n`).join('');
    const expected = new URL(name.replace(/yaml$/, 'txt'), fixtures);
    if (process.env.CAUSEWAY_UPDATE_GOLDEN === '1') writeFileSync(expected, text);
    assert.equal(text, readFileSync(expected, 'utf8'));
  });
