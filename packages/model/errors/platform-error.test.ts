import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isPlatformError, PlatformError, reportOf, toPlatformError } from './platform-error.ts';

test('a machine that is full says so, with what the system said', { skip: !existsSync('/dev/full') }, () => {
  try {
    writeFileSync('/dev/full', 'x');
    assert.fail('it took it');
  } catch (error) {
    const { code, message, evidence, next } = reportOf(error);
    assert.equal(code, 'MachineFull');
    assert.equal(message, 'the machine is full: no space is left on the disk');
    assert.match(evidence[0] ?? '', /ENOSPC/);
    assert.match(next, /Make room on the machine/);
  }
});

test('what nobody foresaw is Internal and keeps its cause; what is said already stays', () => {
  const cause = new Error('odd');
  const said = toPlatformError(cause);
  assert.ok(isPlatformError(said, 'Internal') && said.cause === cause);
  const known = new PlatformError('NotFound', 'gone');
  assert.equal(toPlatformError(known), known);
  for (const odd of [
    undefined,
    null,
    7,
    'text',
    { code: 'ENOSPC' },
    Object.assign(new Error('x'), { code: 'constructor' }),
  ])
    assert.ok(isPlatformError(toPlatformError(odd), 'Internal'));
});
