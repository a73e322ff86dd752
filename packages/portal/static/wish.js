/**
 * What somebody filled in. `services` says which run in it and with how many copies, as it was typed; empty: as in production.
 *
 * @typedef {{ name: string, purpose: string, lifetime: string, region: string, classification: string,
 *   services: Readonly<Record<string, string>> }} Filled
 */

/** A count is a number; anything else goes as it is, for the platform to say what is wrong with it. @param {string} text */
const copies = text => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** @param {string} text */
const given = text => text.trim() || undefined;

/**
 * The EnvironmentRequest that says what was filled in; nothing that was left empty.
 * @param {string} team
 * @param {Filled} filled
 */
export const wishOf = (team, { name, purpose, lifetime, region, classification, services }) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'EnvironmentRequest',
  metadata: { name: name.trim() },
  spec: {
    owner: team,
    purpose: given(purpose),
    lifetime: given(lifetime),
    region: given(region),
    dataClassification: given(classification),
    services: Object.entries(services).map(([service, count]) => ({
      name: service,
      replicas: given(count) === undefined ? undefined : copies(count.trim()),
    })),
  },
});

const places = /** @type {const} */ ({
  'metadata.name': 'name',
  'spec.purpose': 'purpose',
  'spec.lifetime': 'lifetime',
  'spec.region': 'region',
  'spec.dataClassification': 'classification',
});

/**
 * Which refusals belong to which field of the form: by its name, those of the services under `services`, the rest under `other`.
 * @param {readonly { field: string, message: string }[]} refusals
 * @param {readonly string[]} services those asked for, in their order
 * @returns {Record<string, string[]>}
 */
export const byField = (refusals, services) => {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const { field, message } of refusals) {
    const known = places[/** @type {keyof typeof places} */ (field)];
    const place = known ?? (field.startsWith('spec.services') ? 'services' : 'other');
    const service = services[Number(/^spec\.services\[(\d+)\]/.exec(field)?.[1] ?? -1)];
    const said = service === undefined || message.includes(service) ? message : `${service}: ${message}`;
    found[place] = [...(found[place] ?? []), said];
  }
  return found;
};
