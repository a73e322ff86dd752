import type { PolicySubject } from '../../packages/contracts/index.ts';
import { completePolicy, type JudgingPolicy } from '../../packages/policy/index.ts';

/** Rules as people write them about a Deployment, each with a number in it that makes it a text of its own. */
const rules: readonly ((n: number) => string)[] = [
  n => `deny contains msg if {
	some container in input.spec.template.spec.containers
	not container.securityContext.runAsNonRoot
	msg := sprintf("%s may run as root (${n})", [container.name])
}`,
  n => `deny contains msg if {
	some container in input.spec.template.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("%s runs an image that changes (${n})", [container.name])
}`,
  n => `deny contains msg if {
	some container in input.spec.template.spec.containers
	some resource in ["cpu", "memory"]
	not container.resources.limits[resource]
	msg := sprintf("%s has no limit of %s (${n})", [container.name, resource])
}`,
  n => `required := {"app.kubernetes.io/name", "team", "cost-center-${n % 3}"}

deny contains msg if {
	some label in required
	not input.metadata.labels[label]
	msg := sprintf("the label %s is missing (${n})", [label])
}`,
  n => `deny contains msg if {
	input.metadata.labels.tier == "production"
	input.spec.replicas < ${2 + (n % 3)}
	msg := sprintf("%d replicas are too few", [input.spec.replicas])
}`,
  n => `allowed := ["registry.example.com/", "ghcr.io/example/", "registry-${n}.example.com/"]

from_allowed(image) if {
	some prefix in allowed
	startswith(image, prefix)
}

deny contains msg if {
	some container in input.spec.template.spec.containers
	not from_allowed(container.image)
	msg := sprintf("%s comes from elsewhere", [container.image])
}`,
  n => `deny contains "it shares the network of its machine (${n})" if input.spec.template.spec.hostNetwork

deny contains msg if {
	some container in input.spec.template.spec.containers
	container.securityContext.privileged
	msg := sprintf("%s is privileged", [container.name])
}

deny contains msg if {
	some container in input.spec.template.spec.containers
	some port in container.ports
	port.hostPort
	msg := sprintf("%s takes port %d of its machine", [container.name, port.hostPort])
}`,
  n => `deny contains msg if {
	some container in input.spec.template.spec.containers
	some variable in container.env
	variable.value
	regex.match("(?i)(password|secret|token|key_${n})$", variable.name)
	msg := sprintf("%s of %s looks like a secret", [variable.name, container.name])
}`,
];

/** The package of a policy, and its text. No two are equal. */
export const packageOf = (n: number): string => `p${String(n).padStart(4, '0')}`;
export const moduleOf = (n: number): string =>
  `package bench.${packageOf(n)}\n\n${(rules[n % rules.length] as (n: number) => string)(n)}\n`;

/** Policies as they judge, before they are loaded. */
export const policyOf = (n: number): JudgingPolicy => ({
  name: packageOf(n),
  spec: completePolicy({
    why: 'It is measured.',
    instead: 'Measure something else.',
    owner: 'platform',
    action: 'deny',
    match: { kinds: ['apps/Deployment'] },
    source: { inline: moduleOf(n) },
  }),
  source: { engine: 'rego', version: 'v1', modules: [{ name: 'policy.rego', source: moduleOf(n) }] },
  version: packageOf(n),
});

const container = (n: number, name: string) => ({
  name,
  image: n % 5 === 0 ? `docker.io/library/${name}:latest` : `registry.example.com/shop/${name}:1.${n}.0`,
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: [
    { name: 'REGION', value: 'eu-central-1' },
    { name: 'LOG_LEVEL', value: 'info' },
    n % 7 === 0
      ? { name: 'DATABASE_PASSWORD', value: 'hunter2' }
      : { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
  ],
  resources: {
    requests: { cpu: '100m', memory: '128Mi' },
    ...(n % 4 === 0 ? {} : { limits: { cpu: '500m', memory: '256Mi' } }),
  },
  securityContext: { ...(n % 3 === 0 ? {} : { runAsNonRoot: true }), readOnlyRootFilesystem: true },
  livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10 },
  readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
  volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
});

/** A Deployment of two containers; some of them break rules. */
export const deployment = (n: number): Readonly<Record<string, unknown>> => {
  const labels = {
    'app.kubernetes.io/name': `web-${n}`,
    'app.kubernetes.io/part-of': 'shop',
    tier: n % 2 === 0 ? 'production' : 'test',
    ...(n % 6 === 0 ? {} : { team: 'shop' }),
    'cost-center-0': '4711',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `web-${n}`, namespace: 'shop', labels, annotations: { 'example.com/owner': 'shop' } },
    spec: {
      replicas: 1 + (n % 4),
      selector: { matchLabels: { 'app.kubernetes.io/name': `web-${n}` } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'web',
          containers: [container(n, 'web'), container(n + 1, 'proxy')],
          volumes: [{ name: 'scratch', emptyDir: {} }],
        },
      },
    },
  };
};

export const subjectOf = (object: PolicySubject['object']): PolicySubject => ({
  object,
  request: {
    operation: 'CREATE',
    place: 'admission',
    user: 'ada',
    actor: 'person',
    team: 'shop',
    time: '2026-03-01T12:00:00Z',
    context: { teams: ['shop'], environments: [] },
  },
});
