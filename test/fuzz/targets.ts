import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { clonePlain } from '@causeway/engine';
import {
  isDnsLabel,
  type KindDefinition,
  type KindObject,
  memoryBytes,
  parseDuration,
  ServiceKind,
} from '@causeway/model';
import { applyConfiguration, checkConfiguration } from '../../packages/api/apply/apply-configuration.ts';
import { entriesOf, managersOf } from '../../packages/api/apply/managers.ts';
import { parseConfiguration } from '../../packages/api/apply/parse-configuration.ts';
import { negotiate } from '../../packages/api/http/accept.ts';
import { parseBody } from '../../packages/api/http/parse-body.ts';
import { parseKrmPath } from '../../packages/api/krm/krm-path.ts';
import { applyJsonPatch, parseJsonPatch } from '../../packages/api/patch/json-patch.ts';
import { mergePatch } from '../../packages/api/patch/merge-patch.ts';
import { decodeReview } from '../../packages/api/review/decode-review.ts';
import { decodeContinue, encodeContinue } from '../../packages/engine/store/continue-token.ts';
import { parseFieldSelector } from '../../packages/engine/store/field-selector.ts';
import { parseLabelSelector } from '../../packages/engine/store/label-selector.ts';
import { parseCgiHead } from '../../packages/git/http/cgi-head.ts';
import { parseGitRequest } from '../../packages/git/http/git-request.ts';
import { firstPktLine, pktLine } from '../../packages/git/http/pkt-line.ts';
import { readReport } from '../../packages/git/http/push-answer.ts';
import { tokenOf } from '../../packages/git/http/token-of.ts';
import { linesOf } from '../../packages/git/push/lines.ts';
import { isRefName } from '../../packages/git/refs/ref-name.ts';
import { parseReflog } from '../../packages/git/refs/reflog.ts';
import { pathProblem } from '../../packages/git/rules/path-problem.ts';
import { readConfiguration } from '../../packages/server/configuration.ts';

/** Something that reads what comes from outside. It may throw a `PlatformError` below 500, nothing else. */
export interface Target {
  readonly name: string;
  /** Inputs that it understands; what is tried are changes of them. */
  readonly seeds: readonly (string | Buffer)[];
  /** Inputs are cut here, bytes; a megabyte when not said. */
  readonly longest?: number;
  decode(input: Buffer): unknown;
}

const service =
  '{"apiVersion":"causeway.dev/v1","kind":"Service","metadata":{"name":"orders","namespace":"shop","labels":{"app":"web"}},"spec":{"replicas":2,"variables":[{"name":"A","value":"\\u00e9\\ud83d\\ude80"}],"smoke":null}}';
const yamlService = `apiVersion: causeway.dev/v1
kind: Service
metadata: {name: orders, labels: &labels {app: "web"}}
spec:
  replicas: 2
  description: >-
    two
    lines
  variables:
    - name: A
      value: 'it''s'
    - &b {name: B, value: |+
        kept

      }
    - *b
`;
const patches = [
  '[{"op":"test","path":"/spec/replicas","value":2},{"op":"replace","path":"/spec/replicas","value":3}]',
  '[{"op":"copy","from":"/spec/variables/0","path":"/spec/variables/-"},{"op":"move","from":"/metadata/labels","path":"/metadata/a~1b"},{"op":"remove","path":"/spec"}]',
];
const document = clonePlain(JSON.parse(service));
const untouched = JSON.stringify(document);

const text = (input: Buffer): string => input.toString('utf8');
const unchanged = (): void => {
  if (JSON.stringify(document) !== untouched) throw new Error('the document was changed in place');
};
/** What a decoder takes for understood must survive being written and read again. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

// k8s\0, then runtime.Unknown with a SelfSubjectAccessReview for services in shop, as kubectl sends it.
const review = Buffer.concat([
  Buffer.from('k8s\0\n1\n\x18authorization.k8s.io/v1\x12\x17SelfSubjectAccessReview', 'latin1').subarray(
    0,
    4,
  ),
  Buffer.from('\n\x33\n\x18authorization.k8s.io/v1\x12\x17SelfSubjectAccessReview\x12\x18', 'latin1'),
  Buffer.from('\x12\x16\n\x14\n\x04shop\x12\x03get\x22\x00*\x05items', 'latin1'),
]);

const applier = {
  kind: ServiceKind as unknown as KindDefinition,
  manager: 'fuzz',
  subresource: '',
  force: true,
  now: '2026-01-01T00:00:00Z',
};
const applied = applyConfiguration({ ...applier, configuration: document }, undefined) as KindObject;

let folder: Promise<string> | undefined;
export const closeTargets = async (): Promise<void> => {
  if (folder) await rm(await folder, { recursive: true, force: true });
  folder = undefined;
};

export const targets: readonly Target[] = [
  {
    name: 'json-body',
    seeds: [service, '{}', '[1,2.5e3,-0]', '"x"', ...patches],
    decode: async input => throughJson(await parseBody(input, 'application/json')),
  },
  {
    name: 'yaml-body',
    seeds: [yamlService, service, '- a\n- &x [b, c]\n- *x\n', '? a\n: b\n', '"\\x41": !!str 1\n'],
    decode: async input => throughJson(await parseBody(input, 'application/yaml')),
  },
  { name: 'protobuf-review', seeds: [review], decode: input => throughJson(decodeReview(input)) },
  {
    name: 'json-patch',
    seeds: patches,
    decode: async input => {
      const patch = parseJsonPatch(await parseBody(input, 'application/json-patch+json'));
      try {
        throughJson(applyJsonPatch(document, patch));
      } finally {
        unchanged();
      }
    },
  },
  {
    name: 'merge-patch',
    seeds: [service, '{"spec":{"replicas":null},"metadata":{"labels":{"constructor":"x"}}}'],
    decode: async input => {
      throughJson(mergePatch(document, await parseBody(input, 'application/merge-patch+json')));
      unchanged();
    },
  },
  {
    name: 'apply',
    seeds: [
      service,
      yamlService,
      '{"spec":{"processes":[{"name":"a","replicas":1}]},"metadata":{"finalizers":["a/b"]}}',
    ],
    decode: async input => {
      const configuration = await parseConfiguration(input);
      const application = { ...applier, configuration };
      checkConfiguration(application);
      const once = applyConfiguration(application, applied);
      // How long one takes is measured.
      if (input.length > 100_000) return;
      const again = JSON.stringify(applyConfiguration(application, once).metadata.managedFields);
      if (again !== JSON.stringify(once.metadata.managedFields)) throw new Error('applied twice is not once');
    },
  },
  {
    name: 'managed-fields',
    seeds: [
      JSON.stringify(applied.metadata.managedFields),
      '[{"manager":"a","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{".":{},"f:list":{"k:{\\"name\\":\\"b\\",\\"a\\":1}":{".":{}},"v:\\"x<\\"":{},"i:0":{}}}},"subresource":"status"}]',
    ],
    decode: async input => {
      const managers = managersOf(await parseBody(input, 'application/json'));
      const entries = managers && entriesOf(managers);
      const read = entries && managersOf(JSON.parse(JSON.stringify(entries)));
      if (read && JSON.stringify(entriesOf(read)) !== JSON.stringify(entries))
        throw new Error('what is written is not read as it was');
    },
  },
  {
    name: 'continue-token',
    seeds: [
      '{"v":"meta.k8s.io/v1","rv":7,"start":"shop/orders"}',
      '{"v":"meta.k8s.io/v1","rv":-1,"start":"a\u00fc"}',
    ],
    decode: input => {
      // Of changed letters of a token hardly any is JSON: so they are changed before, and once in a while after.
      if (input.length % 8 === 0) decodeContinue(text(input));
      const position = decodeContinue(input.toString('base64url'));
      if (position.start.split('/').includes('..')) throw new Error('a list goes on outside of its kind');
      const again = decodeContinue(encodeContinue(position));
      if (again.start !== position.start || again.revision !== position.revision)
        throw new Error('a token is not what it says');
    },
  },
  {
    name: 'label-selector',
    seeds: ['app=web,tier!=test,env in (a,b),size>3', '!old,causeway.dev/x notin (a, ,c) , b==c'],
    decode: input => parseLabelSelector(text(input)),
  },
  {
    name: 'field-selector',
    seeds: ['metadata.name=x,status.phase!=Failed', 'spec.template==a\\,b\\=c\\\\'],
    decode: input => parseFieldSelector(ServiceKind, text(input)),
  },
  {
    name: 'krm-path',
    seeds: [
      '/apis/causeway.dev/v1/namespaces/shop/services/orders/status',
      '/api/v1/namespaces/a%20b',
      '/apis/',
    ],
    decode: input => parseKrmPath(text(input)),
  },
  {
    name: 'accept',
    seeds: ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', '*/*;q=0.1, text/html'],
    decode: input => negotiate(text(input), ['Table', 'PartialObjectMetadata']),
  },
  {
    name: 'git-request',
    seeds: [
      '/git/shop/orders.git/info/refs?service=git-receive-pack',
      '/git/shop/orders.git/git-upload-pack',
    ],
    decode: input => {
      for (const method of ['GET', 'POST']) {
        const found = parseGitRequest(method, text(input));
        if ('id' in found && !(isDnsLabel(found.id.team) && isDnsLabel(found.id.service)))
          throw new Error(`a repository is called ${JSON.stringify(found.id)}`);
      }
    },
  },
  {
    name: 'git-token',
    seeds: ['Bearer abc', `Basic ${Buffer.from('x:abc').toString('base64')}`],
    decode: input => tokenOf(text(input)),
  },
  {
    name: 'pkt-lines',
    seeds: [
      Buffer.concat([
        pktLine('unpack ok\n'),
        pktLine('ok refs/heads/main\n'),
        pktLine('ng refs/heads/x why\n'),
      ]),
      Buffer.concat([pktLine('\x01000eunpack ok\n'), Buffer.from('0000')]),
    ],
    decode: input => {
      const line = firstPktLine(input);
      if (line && (line.length < 4 || line.length > input.length))
        throw new Error(`a line of ${line.length} bytes`);
      return readReport(input);
    },
  },
  {
    name: 'cgi-head',
    seeds: ['Status: 404 Not Found\r\nContent-Type: text/plain\r\n', 'Expires: x\nCache-Control: no-cache\n'],
    decode: input => parseCgiHead(text(input)),
  },
  {
    name: 'reflog',
    seeds: [
      `${'0'.repeat(40)} ${'a'.repeat(40)} Alice <alice%40x@causeway> 1700000000 +0000\tcauseway: entry 3\n`,
      `${'a'.repeat(40)} ${'b'.repeat(40)} <> 1 -0130\n`,
    ],
    decode: input => parseReflog(text(input)),
  },
  {
    name: 'git-names',
    seeds: ['refs/heads/main', 'refs/tags/v1.0', 'src/a b/ü.txt', '.git/config'],
    decode: input => {
      const name = text(input);
      pathProblem(name);
      if (linesOf(name).some(line => /\p{Cc}/u.test(line)))
        throw new Error('a control character reached a terminal');
      if (isRefName(name) && name.split('/').includes('..')) throw new Error('a reference leaves its folder');
    },
  },
  {
    name: 'units',
    seeds: ['1h30m', '500ms', '512Mi', '0.5', '2w'],
    decode: input => [parseDuration(text(input)), memoryBytes(text(input))],
  },
  {
    name: 'configuration',
    seeds: ['domain: localhost\nhosts: [a, b]\nslowRequests: 500ms\n', 'database: {url: postgres://x}\n'],
    longest: 4096,
    decode: async input => {
      folder ??= mkdtemp(path.join(os.tmpdir(), 'causeway-fuzz-'));
      const data = await folder;
      await writeFile(path.join(data, 'config.yaml'), input);
      return readConfiguration(data);
    },
  },
];
