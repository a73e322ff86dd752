import { objectJson } from '@causeway/engine';
import { type KindObject, PlatformError } from '@causeway/model';
import { negotiate } from '../http/accept.ts';
import { sendJsonText } from '../http/call.ts';
import { type IncludeObject, partialMetadata, tableJson } from '../table/table.ts';
import type { KrmContext, KrmRequest } from './krm-request.ts';

/** The forms that objects can be asked for in. */
export const objectForms = ['Table', 'PartialObjectMetadata'] as const;

export const includeObject = ({ call }: KrmRequest): IncludeObject => {
  const wanted = call.query.get('includeObject') || 'Metadata';
  if (wanted === 'Metadata' || wanted === 'Object' || wanted === 'None') return wanted;
  throw new PlatformError(
    'BadRequest',
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(wanted.slice(0, 40))}: must be 'Metadata', 'Object', 'None', or empty`,
  );
};

/** Answers with one object, in the form that was asked for. */
export const sendObject = (
  context: KrmContext,
  request: KrmRequest,
  status: number,
  object: KindObject,
): void => {
  const { call, resource } = request;
  const { form } = negotiate(call.request.headers.accept, objectForms);
  if (form === 'Table') {
    const row = resource.printer.row(object, context.clock.now(), includeObject(request));
    const { resourceVersion } = object.metadata;
    sendJsonText(call, status, tableJson({ resourceVersion }, [row], resource.printer.columns));
  } else
    sendJsonText(
      call,
      status,
      form === 'Object' ? objectJson(object) : JSON.stringify(partialMetadata(object)),
    );
};
