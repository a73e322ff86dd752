import type { Policy } from '@causeway/model';
import { z } from 'zod';

export interface ParameterFault {
  /** `spec.parameters.allowed[0]` */
  readonly field: string;
  readonly message: string;
}

/** What does not fit about a policy’s parameters, or about the schema that they must fit. */
export const parameterFaults = ({
  parameters,
  parametersSchema,
}: Pick<Policy['spec'], 'parameters' | 'parametersSchema'>): readonly ParameterFault[] => {
  if (!parametersSchema) return [];
  let schema: z.ZodType;
  try {
    schema = z.fromJSONSchema(parametersSchema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    return [{ field: 'spec.parametersSchema', message: `is no JSON schema: ${(error as Error).message}` }];
  }
  const result = schema.safeParse(parameters);
  return (result.error?.issues ?? []).map(({ path, message }) => ({
    field: ['spec.parameters', ...path.map(String)].join('.'),
    message,
  }));
};
