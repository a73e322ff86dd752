import type { EvidenceComponent, EvidenceFinding } from '@causeway/model';
import type { EvidenceReport } from './evidence-report.ts';
import { at, given, listAt, malformed, numberOf, type ReportValue, textAt, textOf } from './report-value.ts';
import { severityOfWord } from './severity.ts';

const needed = (value: ReportValue, key: string, longest: number): string => {
  const text = textAt(value, key, longest);
  if (text === undefined) throw malformed(value.path, `it has no ${key}`);
  return text;
};

const vulnerability = (one: ReportValue, target: string | undefined): EvidenceFinding => {
  const id = needed(one, 'VulnerabilityID', 200);
  return {
    id,
    severity: severityOfWord(textAt(one, 'Severity', 50)),
    title: textAt(one, 'Title', 1000) ?? textAt(one, 'Description', 1000) ?? id,
    ...given({
      package: textAt(one, 'PkgName', 300),
      version: textAt(one, 'InstalledVersion', 200),
      fixedVersion: textAt(one, 'FixedVersion', 200),
      location: textAt(one, 'PkgPath', 1000) ?? target,
      url: textAt(one, 'PrimaryURL', 1000),
    }),
  };
};

const placeOf = (
  target: string | undefined,
  line: number | undefined,
  resource?: string,
): string | undefined =>
  [line === undefined || line === 0 ? target : `${target ?? ''}:${line}`, resource]
    .filter(Boolean)
    .join(' ')
    .slice(0, 1000) || undefined;

const misconfiguration = (one: ReportValue, target: string | undefined): readonly EvidenceFinding[] => {
  if (textAt(one, 'Status', 50) === 'PASS') return [];
  const cause = at(one, 'CauseMetadata');
  const line = cause && numberOf(at(cause, 'StartLine'));
  const resource = cause && textAt(cause, 'Resource', 500);
  return [
    {
      id: needed(one, 'ID', 200),
      severity: severityOfWord(textAt(one, 'Severity', 50)),
      title: textAt(one, 'Message', 1000) ?? textAt(one, 'Title', 1000) ?? needed(one, 'ID', 200),
      ...given({ location: placeOf(target, line, resource), url: textAt(one, 'PrimaryURL', 1000) }),
    },
  ];
};

/** The secret itself is in the report, and stays there. */
const secret = (one: ReportValue, target: string | undefined): EvidenceFinding => ({
  id: needed(one, 'RuleID', 200),
  severity: severityOfWord(textAt(one, 'Severity', 50)),
  title: textAt(one, 'Title', 1000) ?? 'a secret in a file',
  ...given({ location: placeOf(target, numberOf(at(one, 'StartLine'))) }),
});

const license = (one: ReportValue, target: string | undefined): EvidenceFinding => {
  const name = needed(one, 'Name', 200);
  return {
    id: name,
    severity: severityOfWord(textAt(one, 'Severity', 50)),
    title: `licence ${name}, ${textAt(one, 'Category', 100) ?? 'of no category'}`,
    ...given({
      package: textAt(one, 'PkgName', 300),
      location: textAt(one, 'FilePath', 1000) ?? target,
      url: textAt(one, 'Link', 1000),
    }),
  };
};

const component = (one: ReportValue): EvidenceComponent => {
  const identifier = at(one, 'Identifier');
  return {
    name: needed(one, 'Name', 300),
    licenses: listAt(one, 'Licenses').flatMap(each => textOf(each, 200) ?? []),
    ...given({
      version: textAt(one, 'Version', 200),
      purl: identifier && textAt(identifier, 'PURL', 1000),
    }),
  };
};

const readResult = (result: ReportValue) => {
  const target = textAt(result, 'Target', 900);
  return {
    findings: [
      ...listAt(result, 'Vulnerabilities').map(one => vulnerability(one, target)),
      ...listAt(result, 'Misconfigurations').flatMap(one => misconfiguration(one, target)),
      ...listAt(result, 'Secrets').map(one => secret(one, target)),
      ...listAt(result, 'Licenses').map(one => license(one, target)),
    ],
    components: listAt(result, 'Packages').map(component),
  };
};

export const isTrivy = (root: ReportValue): boolean =>
  at(root, 'Results') !== undefined ||
  (at(root, 'SchemaVersion') !== undefined && at(root, 'ArtifactName') !== undefined) ||
  (at(root, 'ClusterName') !== undefined && at(root, 'Resources') !== undefined);

/** `trivy … --format json`, of images, file systems, repositories, configuration and clusters. */
export const readTrivy = (root: ReportValue): EvidenceReport => {
  const schema = numberOf(at(root, 'SchemaVersion'));
  if (schema !== undefined && schema !== 2)
    throw malformed('SchemaVersion', `version 2 is read, and this is ${schema}`);
  const results = [
    ...listAt(root, 'Results'),
    ...listAt(root, 'Resources').flatMap(resource => listAt(resource, 'Results')),
  ].map(readResult);
  const program = at(root, 'Trivy');
  const version = program && textAt(program, 'Version', 100);
  return {
    format: 'trivy',
    tool: version ? `Trivy ${version}` : 'Trivy',
    findings: results.flatMap(({ findings }) => findings),
    components: results.flatMap(({ components }) => components),
    notes: [],
  };
};
