import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type KindObject, kinds } from '@causeway/model';
import { samePlain } from './plain.ts';
import { storedObject } from './stored-object.ts';
import { validateObject } from './validate.ts';

/** One object of each kind as each release stored it. A release adds a folder; nobody changes one. */
const fixtures = path.join(import.meta.dirname, '../../model/fixtures');

for (const release of readdirSync(fixtures))
  describe(`objects that release ${release} stored`, () => {
    for (const file of readdirSync(path.join(fixtures, release)))
      test(`[ENG13] ${file} is read, is valid and loses nothing`, () => {
        const text = readFileSync(path.join(fixtures, release, file), 'utf8');
        const given: KindObject = JSON.parse(text);
        const kind = kinds.find(one => one.kind === given.kind);
        assert.ok(kind, `no kind ${given.kind} is known any more`);
        const object = storedObject(text, kind);
        const valid = validateObject(kind, object, undefined, 'all');
        assert.ok(samePlain(valid, object), JSON.stringify({ stored: object, read: valid }, null, 2));
      });
  });
