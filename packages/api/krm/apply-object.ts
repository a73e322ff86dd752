import { type Fields, isFields, isPlatformError, type KindObject, PlatformError } from '@causeway/model';
import { type Application, applyConfiguration, checkConfiguration } from '../apply/apply-configuration.ts';
import { parseConfiguration } from '../apply/parse-configuration.ts';
import { readBody } from '../http/read-body.ts';
import { warn } from '../http/warning.ts';
import { sendObject } from './answer.ts';
import { type KrmContext, type KrmRequest, keyOfRequest, timeOfWrite } from './krm-request.ts';
import { checkUid, givenObject } from './object-shape.ts';
import { ownersInGroup } from './owners-in-group.ts';
import { writeOptions } from './write-options.ts';

/** What is applied must say of itself what and which it is: nothing is taken from the address. */
const checkIdentity = (request: KrmRequest, configuration: Fields): void => {
  const { kind, apiVersion } = request.resource;
  const version = typeof configuration.apiVersion === 'string' ? configuration.apiVersion : '/';
  if (version !== apiVersion || configuration.kind !== kind.kind)
    throw new PlatformError(
      'BadRequest',
      `invalid object type: ${version}, Kind=${typeof configuration.kind === 'string' ? configuration.kind.slice(0, 80) : ''}`,
      { kind: kind.plural },
    );
  const metadata = isFields(configuration.metadata) ? configuration.metadata : {};
  if (metadata.managedFields !== undefined && metadata.managedFields !== null)
    throw new PlatformError('BadRequest', 'metadata.managedFields must be nil');
};

const checkName = (request: KrmRequest, { metadata }: Fields, live: KindObject | undefined): void => {
  const name = isFields(metadata) ? metadata.name : undefined;
  if (!name && !live)
    throw new PlatformError(
      'BadRequest',
      `the name of the object (${request.name} based on URL) was undeterminable: name must be provided`,
    );
};

const uidMismatch = ({ resource: { kind }, name }: KrmRequest, uid: unknown): PlatformError =>
  new PlatformError(
    'Conflict',
    `Operation cannot be fulfilled on ${kind.plural}${kind.group ? `.${kind.group}` : ''} "${name}": uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    { kind: kind.plural, name },
  );

/** `metadata.managedFields: null` says nothing. */
const withoutNull = (configuration: Fields): Fields => {
  if (!isFields(configuration.metadata) || !Object.hasOwn(configuration.metadata, 'managedFields'))
    return configuration;
  const { managedFields: _null, ...metadata } = configuration.metadata;
  return { ...configuration, metadata };
};

const readApplication = async (
  context: KrmContext,
  request: KrmRequest,
): Promise<Application & { dryRun: boolean }> => {
  const { call, resource, subresource } = request;
  const options = writeOptions(call, 'PatchOptions', true);
  const configuration = ownersInGroup(
    context,
    resource,
    await parseConfiguration(await readBody(call.request)),
  );
  checkIdentity(request, configuration);
  const application = {
    kind: resource.kind,
    manager: options.manager,
    subresource,
    force: options.force,
    now: timeOfWrite(context),
    configuration: withoutNull(configuration),
  };
  checkConfiguration(application);
  return { ...application, dryRun: options.dryRun };
};

/**
 * Server-side apply: `PATCH` with `application/apply-patch+yaml`. Creates the object when there is none, which needs the right
 * to create, too.
 */
export const applyObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, name, subresource, session } = request;
  const { kind } = resource;
  const application = await readApplication(context, request);
  const { configuration, dryRun } = application;
  const result = (live: KindObject | undefined) => {
    checkName(request, configuration, live);
    const object = givenObject(kind, applyConfiguration(application, live), namespace, name);
    return live ? checkUid(kind, object, live) : object;
  };
  /** Worked out already, before defaults are filled in. */
  const manage = (_live: unknown, _next: unknown, given: KindObject['metadata']['managedFields']) => given;
  const options = { dryRun, manage, warn: (text: string) => warn(request.call, text) };

  const update = () =>
    context.store.mutate(kind, keyOfRequest(request), result, session.actor, {
      ...options,
      ...(subresource === 'status' ? { subresource: 'status' } : {}),
    });
  const create = () => {
    context.access.authorize(session.actor.user, { verb: 'create', kind, namespace, name });
    const object = result(undefined);
    if (object.metadata.uid) throw uidMismatch(request, object.metadata.uid);
    return context.store.create(kind, object, session.actor, options);
  };
  // Someone may create or delete it in between: then it is the other case after all.
  for (let attempt = 1; ; attempt++)
    try {
      return sendObject(context, request, 200, await update());
    } catch (error) {
      if (!isPlatformError(error, 'NotFound') || subresource !== '') throw error;
      try {
        return sendObject(context, request, 201, await create());
      } catch (failure) {
        if (attempt >= 8 || !isPlatformError(failure, 'AlreadyExists')) throw failure;
      }
    }
};
