import { type EvidenceComponent, type EvidenceFinding, type Severity, severities } from '@causeway/model';
import type { EvidenceReport } from './evidence-report.ts';
import { at, given, listAt, malformed, numberOf, type ReportValue, textAt } from './report-value.ts';
import { severityOfScore, severityOfWord } from './severity.ts';

/** Components within components, all in one list. A file may nest them without end, so this does not call itself. */
const flatten = (roots: readonly ReportValue[]): readonly ReportValue[] => {
  const found: ReportValue[] = [];
  const waiting = [...roots].reverse();
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    found.push(one);
    for (const inner of [...listAt(one, 'components')].reverse()) waiting.push(inner);
  }
  return found;
};

const licensesOf = (component: ReportValue): readonly string[] =>
  listAt(component, 'licenses').flatMap(choice => {
    const license = at(choice, 'license');
    return (
      textAt(choice, 'expression', 200) ??
      (license && (textAt(license, 'id', 200) ?? textAt(license, 'name', 200))) ??
      []
    );
  });

const nameOf = (component: ReportValue): string => {
  const [group, name] = [textAt(component, 'group', 150), textAt(component, 'name', 300)];
  if (name === undefined) throw malformed(component.path, 'it has no name');
  return group ? `${group}/${name}`.slice(0, 300) : name;
};

const componentOf = (one: ReportValue): EvidenceComponent => ({
  name: nameOf(one),
  licenses: [...licensesOf(one)],
  ...given({ version: textAt(one, 'version', 200), purl: textAt(one, 'purl', 1000) }),
});

const severityOf = (vulnerability: ReportValue): Severity => {
  const rated = listAt(vulnerability, 'ratings').map((rating): Severity => {
    const [word, score] = [textAt(rating, 'severity', 50), numberOf(at(rating, 'score'))];
    return word === undefined && score !== undefined ? severityOfScore(score) : severityOfWord(word);
  });
  return rated.length === 0
    ? 'medium'
    : rated.reduce((worst, one) => (severities.indexOf(one) > severities.indexOf(worst) ? one : worst));
};

/** What whoever made the file looked into and found to be nothing (VEX). */
const settled = new Set(['resolved', 'resolved_with_pedigree', 'false_positive', 'not_affected']);
const isSettled = (vulnerability: ReportValue): boolean => {
  const analysis = at(vulnerability, 'analysis');
  return analysis !== undefined && settled.has(textAt(analysis, 'state', 50) ?? '');
};

const findingsOf = (
  one: ReportValue,
  components: ReadonlyMap<string, EvidenceComponent>,
): readonly EvidenceFinding[] => {
  const id = textAt(one, 'id', 200);
  if (id === undefined) throw malformed(one.path, 'it has no id');
  const source = at(one, 'source');
  const finding = {
    id,
    severity: severityOf(one),
    title: textAt(one, 'description', 1000) ?? textAt(one, 'detail', 1000) ?? id,
    ...given({ url: source && textAt(source, 'url', 1000) }),
  };
  const affected = listAt(one, 'affects').map((each): EvidenceFinding => {
    const reference = textAt(each, 'ref', 1000);
    const component = reference === undefined ? undefined : components.get(reference);
    return {
      ...finding,
      ...given({ package: component?.name ?? reference?.slice(0, 300), version: component?.version }),
    };
  });
  return affected.length > 0 ? affected : [finding];
};

const toolOf = (root: ReportValue): string | undefined => {
  const metadata = at(root, 'metadata');
  const tools = metadata && at(metadata, 'tools');
  if (!tools) return undefined;
  // Up to 1.4 a list of tools; from 1.5 on components and services.
  const [first] = Array.isArray(tools.value) ? listAt(metadata, 'tools') : listAt(tools, 'components');
  if (!first) return undefined;
  const [name, version] = [textAt(first, 'name', 100), textAt(first, 'version', 90)];
  return version && name ? `${name} ${version}` : name;
};

export const isCycloneDx = (root: ReportValue): boolean => at(root, 'bomFormat')?.value === 'CycloneDX';

/** CycloneDX as JSON, 1.2 and later: what something is made of, with licences, and what is known to be wrong with it. */
export const readCycloneDx = (root: ReportValue): EvidenceReport => {
  const version = textAt(root, 'specVersion', 20);
  if (!/^1\.\d+$/.test(version ?? ''))
    throw malformed('specVersion', `1.2 and later is read, and this is ${version ?? 'absent'}`);
  const all = flatten(listAt(root, 'components')).map(one => ({
    reference: textAt(one, 'bom-ref', 1000),
    component: componentOf(one),
  }));
  const byReference = new Map(
    all.flatMap(({ reference, component }) => (reference ? [[reference, component] as const] : [])),
  );
  const vulnerabilities = listAt(root, 'vulnerabilities');
  const open = vulnerabilities.filter(one => !isSettled(one));
  const left = vulnerabilities.length - open.length;
  return {
    format: 'cyclonedx',
    ...given({ tool: toolOf(root) }),
    findings: open.flatMap(one => findingsOf(one, byReference)),
    components: all.map(({ component }) => component),
    notes: left > 0 ? [`Left out: ${left} that the analysis calls resolved, false or without effect.`] : [],
  };
};
