import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FolderEntry } from '@causeway/contracts';
import { isPlatformFile, platformFileLimits, readPlatformFiles } from './platform-files.ts';

const file = (path: string, text: string): FolderEntry => ({
  path: `platform/${path}`,
  type: 'file',
  size: Buffer.byteLength(text),
  text,
});
const read = (...entries: FolderEntry[]) =>
  readPlatformFiles(entries, {
    team: 'shop',
    source: 'api',
    folder: 'platform',
    apiGroups: ['platform.acme.io'],
  });
/** `a.yaml:3 What is wrong.` */
const said = (...entries: FolderEntry[]): string[] =>
  read(...entries).problems.map(
    ({ path, line, message }) => `${path.replace('platform/', '')}${line ? `:${line}` : ''} ${message}`,
  );
const request = (name: string, spec = '  lifetime: 14d\n') =>
  `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: ${name}\nspec:\n${spec}`;

describe('[SRC1] files of a folder are objects, or a sentence with path and line', () => {
  test('several documents, a BOM, CRLF, JSON, and the organisation’s own group', () => {
    const crlf = `\ufeff${request('one')}---\n${request('two')}`.replaceAll('\n', '\r\n');
    const json = JSON.stringify({
      apiVersion: 'platform.acme.io/v1',
      kind: 'EnvironmentRequest',
      metadata: { name: 'three', namespace: 'shop' },
      spec: { services: [{ name: 'api', replicas: 2 }] },
    });
    const files = read(file('a.yaml', crlf), file('deep/er/b.json', json), file('README.md', 'kind: x'));
    assert.deepEqual(files.problems, []);
    assert.deepEqual(
      files.documents.map(({ kind, name, path, line }) => `${kind.kind}/${name} ${path}:${line}`),
      [
        'EnvironmentRequest/one platform/a.yaml:1',
        'EnvironmentRequest/two platform/a.yaml:8',
        'EnvironmentRequest/three platform/deep/er/b.json:1',
      ],
    );
    assert.deepEqual(files.documents[0]?.stated.spec, { lifetime: '14d' }, 'only what is said is stated');
  });

  test('what cannot be read, or is not what it says', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcde'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[index]}`).join(',')}]`),
      'kind: *e',
    ];
    for (const [text, expected] of [
      ['kind: A\nspec:\n\tlifetime: 1d\n', /^a\.yaml:3 It is indented with a tab.* Use spaces\.$/],
      [request('x', '  lifetime: 1d\n  lifetime: 2d\n'), /^a\.yaml:7 This key stands twice.* Keep one/],
      [bomb.join('\n'), /^a\.yaml:1 Its aliases .* Write out what they stand for\.$/],
      [`kind: ${'['.repeat(5000)}`, /^a\.yaml:1 It is nested too deeply/],
      ['kind: &a [*a]', /^a\.yaml:1 It is nested deeper than 100 levels\./],
      ['kind: *nobody', /^a\.yaml:1 It uses an alias .* Write out what is meant\.$/],
      ['kind: {', /^a\.yaml:\d .*Correct the text so that it can be read as YAML or JSON\.$/],
      ['kind: EnvironmentRequest\n', /^a\.yaml:1 apiVersion and kind are missing\. Begin it with/],
      [
        request('x').replace('EnvironmentRequest', 'EnvironmentReqest'),
        /^a\.yaml:2 There is no kind .* Did you mean EnvironmentRequest\?$/,
      ],
      [
        request('x').replace('causeway.dev', 'causway.dev'),
        /^a\.yaml:1 There is no group causway\.dev\. Did you mean causeway\.dev\?$/,
      ],
      [
        request('x', '  lifetim: 1d\n'),
        /^a\.yaml:6 EnvironmentRequest has no field spec\.lifetim\. Did you mean lifetime\?$/,
      ],
      [request('x', '  lifetime: soon\n'), /^a\.yaml:6 spec\.lifetime: must be a duration such as/],
      [request('Not A Name'), /^a\.yaml:4 'Not A Name' must be a DNS label/],
      [request('x').replace('  name: x\n', ''), /^a\.yaml:\d metadata\.name is missing\. Give it a name\.$/],
      [request('x').replace('name: x', 'generateName: x-'), /^a\.yaml:4 A file names its object/],
      [
        request('x').replace('metadata:', 'metadata:\n  namespace: other'),
        /^a\.yaml:4 The repository belongs to team shop.* not of other\. Leave metadata\.namespace out\.$/,
      ],
      [
        request('x').replace('metadata:', 'metadata:\n  finalizers: [a.dev/b]'),
        /^a\.yaml:4 metadata\.finalizers is set by programs/,
      ],
      [
        request('x').replace('metadata:', 'metadata:\n  annotations:\n    causeway.dev/source: b'),
        /^a\.yaml:5 The annotation causeway\.dev\/source is set by the platform\. Remove it\.$/,
      ],
      [
        'apiVersion: causeway.dev/v1\nkind: Team\nmetadata:\n  name: x\n',
        /^a\.yaml:2 causeway\.dev\/v1 Team is not a kind that files of a repository may say\. They may say .*EnvironmentRequest/,
      ],
      [
        request('x').replace('causeway.dev', 'platform.example.io'),
        /^a\.yaml:2 platform\.example\.io\/v1 EnvironmentRequest is not a kind.* If platform\.example\.io is your organisation’s, have it added to apiGroups in config\.yaml\.$/,
      ],
      [
        request('x').replace('causeway.dev', 'platform.acm.io'),
        /^a\.yaml:2 platform\.acm\.io\/v1 EnvironmentRequest is not a kind.* Did you mean platform\.acme\.io\? If platform\.acm\.io is your/,
      ],
      [
        request('x').replace('causeway.dev/v1', 'platform.acme.io/v2'),
        /^a\.yaml:1 EnvironmentRequest has no version v2\. There is v1: write causeway\.dev\/v1\.$/,
      ],
      [
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n',
        /^a\.yaml:2 apps\/v1 Deployment is not a kind/,
      ],
      [
        'apiVersion: causeway.dev/v1\nkind: Source\nmetadata:\n  name: api\nspec:\n  url: https://example.com/a.git\n',
        /^a\.yaml:4 Source\/api reads this file/,
      ],
    ] as const) {
      const [first = 'nothing'] = said(file('a.yaml', text));
      assert.match(first, expected, text.slice(0, 200));
    }
  });

  test('a text that cannot be read has one fault: what follows from a tab is not said', () => {
    const lines = ['kind: A', 'apiVersion: b', 'spec:', '  services:', '\t- name: api', '\t  replicas: 2'];
    assert.deepEqual(said(file('a.yaml', lines.join('\n'))), [
      'a.yaml:5 It is indented with a tab, which YAML does not allow. Use spaces.',
    ]);
  });

  test('a huge file, a file that is no text, and too many files are said and not read', () => {
    const huge = { ...file('a.yaml', ''), size: platformFileLimits.bytesOfFile + 1 };
    assert.equal(isPlatformFile(huge), false);
    assert.match(said(huge)[0] ?? '', /^a\.yaml It has 262145 bytes; a file may have 262144\. Split it\.$/);
    assert.match(
      said({ path: 'platform/a.yaml', type: 'file', size: 9 })[0] ?? '',
      /^a\.yaml It is not text in UTF-8\. Save it as UTF-8\.$/,
    );
    const many = Array.from({ length: platformFileLimits.files + 1 }, (_, index) =>
      file(`${index}.yaml`, ''),
    );
    assert.match(said(...many)[0] ?? '', /It holds 1001 files of YAML and JSON; at most 1000 are read/);
  });

  test('links, submodules and other people’s files are left alone, and that is said', () => {
    const files = read(
      { path: 'platform/link.yaml', type: 'link', size: 9 },
      { path: 'platform/module', type: 'submodule', size: 0 },
      file('values.yaml', 'replicas: 3\n'),
      file('empty.yaml', '\n'),
      file('comment.yaml', '# kind of a note\n'),
    );
    assert.deepEqual([files.documents, files.problems], [[], []]);
    assert.deepEqual(
      files.notes.map(({ path, message }) => [path, message.split(':')[0]]),
      [
        ['platform/link.yaml', 'It is a link, not a file, and is not followed'],
        ['platform/module', 'It is a submodule, not a file, and is not followed'],
        ['platform/values.yaml', 'It says neither apiVersion nor kind'],
      ],
    );
  });

  test('two documents that say one object are an error that names both places', () => {
    assert.deepEqual(
      said(file('a.yaml', request('x')), file('b.yaml', `---\n${request('y')}---\n${request('x')}`)),
      ['b.yaml:9 EnvironmentRequest/x is said here and in platform/a.yaml:1. Keep one of the two.'],
    );
  });

  test('whatever a file is called, its name does not speak to the terminal', () => {
    assert.deepEqual(
      said(file('\u001b[31mred\u202e.yaml', 'kind: {')).map(text => /[\p{Cc}\p{Cf}]/u.test(text)),
      [false],
    );
  });
});
