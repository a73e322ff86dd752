import type { Store } from '@causeway/engine';
import { closestNames, kindId, PlatformError, ServiceKind } from '@causeway/model';

const serviceKind = kindId(ServiceKind);

const templateOf = (object: unknown): unknown =>
  (object as { spec?: { template?: unknown } } | undefined)?.spec?.template;

const checkTemplate = (template: unknown, offered: readonly string[]): void => {
  // What is no text is refused by the schema, which says so better.
  if (typeof template !== 'string' || offered.includes(template)) return;
  const said = template.slice(0, 63);
  const [near] = closestNames(template, offered);
  const message = `There is no template '${said}'. Offered: ${offered.join(', ')}.`;
  throw new PlatformError('Invalid', message, {
    causes: [
      { reason: 'FieldValueNotSupported', field: 'spec.template', message: `Unsupported value: "${said}"` },
    ],
    next: near === undefined ? 'Choose one of these.' : `Did you mean '${near}'?`,
  });
};

/** The store as people write to it: no service begins from a template that is not offered, or is changed to one. */
export const withKnownTemplates = (store: Store, offered: readonly string[]): Store => ({
  ...store,
  create: (kind, object, actor, options) =>
    kindId(kind) !== serviceKind
      ? store.create(kind, object, actor, options)
      : Promise.try(() => {
          checkTemplate(templateOf(object), offered);
          return store.create(kind, object, actor, options);
        }),
  mutate: (kind, key, change, actor, options) =>
    kindId(kind) !== serviceKind
      ? store.mutate(kind, key, change, actor, options)
      : store.mutate(
          kind,
          key,
          current => {
            const before = templateOf(current);
            const next = change(current);
            if (templateOf(next) !== before) checkTemplate(templateOf(next), offered);
            return next;
          },
          actor,
          options,
        ),
});
