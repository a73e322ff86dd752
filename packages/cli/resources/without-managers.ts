const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object, or a list of them, without `metadata.managedFields`: long, and for programs that apply. As kubectl shows objects. */
export const withoutManagers = (document: unknown): unknown => {
  if (!isObject(document)) return document;
  if (Array.isArray(document.items)) return { ...document, items: document.items.map(withoutManagers) };
  if (!isObject(document.metadata)) return document;
  const { managedFields: _managedFields, ...metadata } = document.metadata;
  return { ...document, metadata };
};
