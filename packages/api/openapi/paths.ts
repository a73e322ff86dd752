import { apiVersionOf, type KindDefinition } from '@causeway/model';
import type { Resource } from '../krm/resources.ts';
import { ScaleKind } from '../krm/scale-kind.ts';
import { metaSchemaName, reference, schemaName } from './kind-schema.ts';

const query = (name: string, type: string, description: string) => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

const pretty = query('pretty', 'string', 'true: the answer is indented.');
const writeParameters = [
  query('dryRun', 'string', 'All: everything is checked, nothing is stored.'),
  query('fieldManager', 'string', 'Who or what makes the change.'),
  query(
    'fieldValidation',
    'string',
    'What unknown fields lead to: Ignore, Warn (when not said), or Strict, an error.',
  ),
];
const listParameters = [
  query('labelSelector', 'string', 'Only objects whose labels match: app=web,tier!=test,env in (a,b),!old.'),
  query('fieldSelector', 'string', 'Only objects whose fields match: metadata.name=x,status.phase!=Failed.'),
  query('limit', 'integer', 'At most so many.'),
  query('continue', 'string', 'The rest of a list that limit cut short.'),
  query('watch', 'boolean', 'Answer with changes as they happen.'),
  query('resourceVersion', 'string', 'A watch continues after this version.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: NotOlderThan, Exact.'),
  query('sendInitialEvents', 'boolean', 'A watch begins with what is.'),
  query('allowWatchBookmarks', 'boolean', 'A watch also tells how far it has come.'),
  query('timeoutSeconds', 'integer', 'A watch ends after so many seconds.'),
];
const deleteParameters = [
  query('dryRun', 'string', 'All: everything is checked, nothing is deleted.'),
  query('propagationPolicy', 'string', 'What becomes of what belongs to it: Background, Foreground, Orphan.'),
];

const pathParameter = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

const json = (schema: object) => ({ 'application/json': { schema } });
const answer = (schema: object) => ({
  200: { description: 'OK', content: json(schema) },
  401: { description: 'Unauthorized' },
});
const body = (schema: object, types = ['application/json', 'application/yaml']) => ({
  required: true,
  content: Object.fromEntries(types.map(type => [type, { schema }])),
});

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];
const patchParameters = [
  ...writeParameters,
  query('force', 'boolean', 'Only for apply: takes over fields that others manage.'),
];

const groupVersionKind = ({ group, version, kind }: Pick<KindDefinition, 'group' | 'version' | 'kind'>) => ({
  group,
  version,
  kind,
});

/** The paths of one resource, with what kubectl looks for: the kind of each operation and its parameters. */
export const pathsOf = ({ kind, actions, streams, hasStatus }: Resource): Record<string, object> => {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
  const namespaced = kind.scope === 'Namespaced';
  const collection = `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  const item = `${collection}/{name}`;
  const object = reference(schemaName(kind));
  const list = reference(schemaName({ ...kind, kind: `${kind.kind}List` }));
  const tags = [base.slice(1).replaceAll(/[/.]/g, '_')];
  const scope = namespaced ? 'Namespaced' : '';

  const operation = (action: string, name: string, description: string, more: object) => ({
    tags,
    description,
    operationId: `${name}${scope}${kind.kind}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
    ...more,
  });
  const listing = (name: string, where: string) =>
    operation('list', name, `List or watch ${kind.plural}${where}.`, {
      parameters: listParameters,
      responses: answer(list),
    });

  const inPlace = [...(namespaced ? [pathParameter('namespace', 'The team.')] : []), pretty];
  const ofObject = [pathParameter('name', `The name of the ${kind.singular}.`), ...inPlace];
  const changing = (suffix: string, what: string, as = object, more: object = {}, types = patchTypes) => ({
    get: operation('get', `read${suffix}`, `Read ${what}.`, { responses: answer(as), ...more }),
    put: operation('put', `replace${suffix}`, `Replace ${what}.`, {
      parameters: writeParameters,
      requestBody: body(as),
      responses: answer(as),
      ...more,
    }),
    patch: operation('patch', `patch${suffix}`, `Change parts of ${what}, or apply to it.`, {
      parameters: patchParameters,
      requestBody: body(reference(metaSchemaName('Patch')), types),
      responses: answer(as),
      ...more,
    }),
    parameters: ofObject,
  });

  const paths: Record<string, object> = {
    [collection]: {
      get: listing('list', namespaced ? ' of a team' : ''),
      post: operation('post', 'create', `Create a ${kind.singular}.`, {
        parameters: writeParameters,
        requestBody: body(object),
        responses: answer(object),
      }),
      delete: operation('deletecollection', 'deleteCollection', `Delete ${kind.plural} that match.`, {
        parameters: [...listParameters.slice(0, 2), ...deleteParameters],
        responses: answer(list),
      }),
      parameters: inPlace,
    },
    [item]: {
      ...changing('', `a ${kind.singular}`),
      delete: operation('delete', 'delete', `Delete a ${kind.singular}.`, {
        parameters: deleteParameters,
        responses: answer(reference(metaSchemaName('Status'))),
      }),
    },
  };
  if (hasStatus) paths[`${item}/status`] = changing('Status', `the status of a ${kind.singular}`);
  if (kind.scale)
    paths[`${item}/scale`] = changing(
      'Scale',
      `how many copies of a ${kind.singular} there are`,
      reference(schemaName(ScaleKind)),
      { 'x-kubernetes-group-version-kind': groupVersionKind(ScaleKind) },
      patchTypes.slice(0, 2),
    );
  if (namespaced)
    paths[`${base}/${kind.plural}`] = {
      get: listing('listAll', ' of all teams you are in'),
      parameters: [pretty],
    };
  for (const { name, description } of actions.values())
    paths[`${item}/${name}`] = {
      post: operation('connect', name, description ?? `Ask for ${name} of a ${kind.singular}.`, {
        requestBody: { content: json({ type: 'object' }) },
        responses: answer({ type: 'object' }),
      }),
      parameters: ofObject,
    };
  for (const { name, description } of streams.values())
    paths[`${item}/${name}`] = {
      get: operation('connect', name, description ?? `Read the ${name} of a ${kind.singular}.`, {
        parameters: [
          query('follow', 'boolean', 'Go on as text arrives.'),
          query('tail', 'integer', 'Only so many lines at the end.'),
        ],
        responses: { 200: { description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } } },
      }),
      parameters: ofObject,
    };
  return paths;
};
