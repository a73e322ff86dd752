import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMissingVariable } from './missing-variable.ts';

const messages: Record<string, string | undefined> = {
  'Error: Missing required environment variable DATABASE_URL': 'DATABASE_URL',
  'Error: Missing required environment variable: DATABASE_URL': 'DATABASE_URL',
  "Environment variable 'API_KEY' is not set": 'API_KEY',
  'panic: environment variable PGHOST not set': 'PGHOST',
  'Error: STRIPE_KEY environment variable is required': 'STRIPE_KEY',
  'django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable': undefined,
  'environ.compat.ImproperlyConfigured: Set the environment variable SECRET_KEY': 'SECRET_KEY',
  '2024/05/01 10:00:00 DATABASE_URL must be set': 'DATABASE_URL',
  'fatal: $REDIS_URL is not set': 'REDIS_URL',
  'sh: 1: DATABASE_URL: parameter not set': 'DATABASE_URL',
  '/app/start.sh: 3: DATABASE_URL: parameter not set': 'DATABASE_URL',
  'bash: line 1: DATABASE_URL: unbound variable': 'DATABASE_URL',
  'key not found: "RAILS_KEY" (KeyError)': 'RAILS_KEY',
  'Could not resolve placeholder \'DB_HOST\' in value "${DB_HOST}"': 'DB_HOST',
  'TypeError: Cannot read properties of undefined': undefined,
  'the variable is not set': undefined,
  'HTTP is required': undefined,
  "KeyError: 'NAME'": undefined,
  'Listening, environment production is required for nothing': undefined,
};

for (const [message, expected] of Object.entries(messages))
  test(`${message} → ${expected ?? 'nothing'}`, () => {
    assert.equal(findMissingVariable(['starting', message, 'bye'])?.name, expected);
  });

test('a KeyError counts when the traceback goes through os.environ', () => {
  const lines = [
    'Traceback (most recent call last):',
    '  File "/srv/app.py", line 3, in <module>',
    "    url = os.environ['DATABASE_URL']",
    '  File "<frozen os>", line 679, in __getitem__',
    "KeyError: 'DATABASE_URL'",
  ];
  assert.deepEqual(findMissingVariable(lines), { name: 'DATABASE_URL', line: "KeyError: 'DATABASE_URL'" });
});
