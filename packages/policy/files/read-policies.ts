import { basename, dirname, extname } from 'node:path/posix';
import {
  type Exception,
  ExceptionKind,
  type Fields,
  isFields,
  type Policy,
  PolicyKind,
  PolicyTest,
} from '@causeway/model';
import { completePolicy, specInOurGroup } from '../judge/judging-policy.ts';
import { checkObject } from '../validation/check-object.ts';
import { type FileDocument, readDocuments } from './documents.ts';
import { filePolicy, sourceOfFiles } from './file-policy.ts';
import { admissionPolicySpec, kyvernoSpec } from './foreign-policies.ts';
import { isRegoTest, loosePolicies } from './loose-rego.ts';
import type { FilePolicy, FolderFault, FolderFile, PolicyFolder } from './policy-file.ts';

const engineOf = { '.rego': 'rego', '.cel': 'cel' } as const;
const isDeclaration = (path: string): boolean => /\.(ya?ml|json)$/.test(path);
const isTests = (path: string): boolean => /^tests\.(ya?ml|json)$/.test(basename(path));

/** Files that only try what others say. */
export const isTestFile = (path: string): boolean => isTests(path) || isRegoTest(path);

/** Which extensions of files belong to a folder of policies. */
export const isPolicyFile = (path: string): boolean => isDeclaration(path) || extname(path) in engineOf;

interface Declared {
  readonly document: FileDocument;
  readonly object: Fields;
  readonly name: string;
}

/**
 * The policies and exceptions of a folder’s files: kind Policy, whose `spec.source` may be the modules beside it and whose
 * `spec.tests` may be in tests.yaml; Kyverno’s ClusterPolicy; ValidatingAdmissionPolicy; Rego alone, as conftest has it.
 */
export const policiesOf = (
  files: readonly FolderFile[],
  apiGroups: readonly string[] = [],
): PolicyFolder & { readonly faults: readonly FolderFault[] } => {
  const faults: FolderFault[] = [];
  const declared = files
    .filter(({ path }) => isDeclaration(path) && !isTests(path))
    .flatMap(({ path, text }) => declaredIn(path, text, apiGroups, faults));
  const of = (kind: string, group: string): Declared[] =>
    declared.filter(
      ({ object }) => object.kind === kind && String(object.apiVersion).startsWith(`${group}/`),
    );
  const claimed = new Set<string>();
  const own = of('Policy', PolicyKind.group).flatMap(one => {
    const beside = files.filter(({ path }) => dirname(path) === dirname(one.document.file));
    const policy = ownPolicy(one, beside, faults);
    for (const file of Object.values(policy?.moduleFiles ?? {})) claimed.add(file);
    return policy ?? [];
  });
  const bindings = of('ValidatingAdmissionPolicyBinding', 'admissionregistration.k8s.io').map(
    ({ object }) => object,
  );
  const foreign = [
    ...of('ClusterPolicy', 'kyverno.io').map(one => foreignPolicy(one, kyvernoSpec)),
    ...of('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io').map(one =>
      foreignPolicy(one, (object, source) => admissionPolicySpec(object, source, bindings)),
    ),
  ];
  const loose = loosePolicies(files.filter(({ path }) => extname(path) === '.rego' && !claimed.has(path)));
  const policies = [...own, ...foreign, ...loose]
    .map(policy => ({ ...policy, spec: specInOurGroup(policy.spec, apiGroups) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const [index, { name, file }] of policies.entries())
    if (policies[index - 1]?.name === name)
      faults.push({
        file,
        line: 1,
        column: 1,
        message: `The policy ${name} is also in ${policies[index - 1]?.file}.`,
      });
  const exceptions = of('Exception', ExceptionKind.group).flatMap(one => exceptionOf(one, faults) ?? []);
  return { policies, exceptions, faults };
};

const declaredIn = (
  path: string,
  text: string,
  apiGroups: readonly string[],
  faults: FolderFault[],
): Declared[] => {
  // Data of other tools lies in such folders, too.
  if (!/\bkind\b/.test(text)) return [];
  return readDocuments(path, text, apiGroups).flatMap(document => {
    faults.push(...document.faults.map(fault => ({ file: path, ...fault })));
    const object = document.value;
    if (!isFields(object) || !isFields(object.metadata)) return [];
    return { document, object, name: String(object.metadata.name) };
  });
};

/** Takes note of what is wrong with an object of ours. */
const isGood = ({ document }: Declared, object: Fields, faults: FolderFault[]): boolean => {
  const found = checkObject(object);
  faults.push(
    ...found.map(({ path, of, message, next }) => ({
      file: document.file,
      ...document.positionOf(path, of),
      message: `${message} ${next}`,
    })),
  );
  return found.length === 0;
};

const exceptionOf = (declared: Declared, faults: FolderFault[]): Exception | undefined => {
  const { object } = declared;
  if (!isGood(declared, object, faults)) return undefined;
  return { ...object, spec: ExceptionKind.spec.parse(object.spec) } as unknown as Exception;
};

const ownPolicy = (
  declared: Declared,
  beside: readonly FolderFile[],
  faults: FolderFault[],
): FilePolicy | undefined => {
  const { document, object, name } = declared;
  const { file } = document;
  const spec: Fields = isFields(object.spec) ? object.spec : {};
  const engine = spec.engine ?? 'rego';
  const modules = beside.filter(
    ({ path }) => engineOf[extname(path) as keyof typeof engineOf] === engine && !isRegoTest(path),
  );
  const fault = (path: readonly string[], message: string): undefined => {
    faults.push({ file, ...document.positionOf(path), message });
  };
  const given: Fields = isFields(spec.source) ? spec.source : {};
  if (given.git !== undefined || given.bundle !== undefined)
    return fault(
      ['spec', 'source'],
      'A policy in a folder has its source there: inline, modules, or files beside it.',
    );
  if (spec.source === undefined && modules.length === 0)
    return fault(['spec'], `${name} has no source: write spec.source.inline, or put a .rego file beside it.`);
  const source = spec.source ?? sourceOfFiles(modules);
  const tests = [...(Array.isArray(spec.tests) ? spec.tests : []), ...testsBeside(beside, faults)];
  const complete = { ...spec, source, ...(tests.length > 0 ? { tests } : {}) };
  if (!isGood(declared, { ...object, spec: complete }, faults)) return undefined;
  const regoTests = engine === 'rego' ? beside.filter(({ path }) => isRegoTest(path)) : [];
  return filePolicy(name, completePolicy(complete), file, {
    modules: spec.source === undefined ? modules : [],
    tests: regoTests,
  });
};

const testsBeside = (beside: readonly FolderFile[], faults: FolderFault[]): PolicyTest[] =>
  beside
    .filter(({ path }) => isTests(path))
    .flatMap(({ path, text }) => readDocuments(path, text))
    .flatMap(document => {
      faults.push(...document.faults.map(fault => ({ file: document.file, ...fault })));
      const cases: unknown = document.value ?? [];
      const result = PolicyTest.array().safeParse(cases);
      if (result.success) return result.data;
      faults.push(
        ...result.error.issues.map(({ path, message }) => ({
          file: document.file,
          ...document.positionOf(path as (string | number)[]),
          message: `${path.join('.')}: ${message}`,
        })),
      );
      return [];
    });

const foreignPolicy = (
  { document, object, name }: Declared,
  specOf: (object: Fields, source: string) => Policy['spec'],
): FilePolicy => {
  const { file, source } = document;
  // Its text stands on the lines that it has in the file.
  return filePolicy(name, specOf(object, source), file, {
    modules: [{ path: file, text: source }],
    tests: [],
  });
};
