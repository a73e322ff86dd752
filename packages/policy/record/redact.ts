/** Names whose values nobody but their owner should read. */
const secretName =
  /pass(word|wd|phrase)?$|secret|token|api[-_]?key|private[-_]?key|credential|authorization|cookie/i;

/** Values that are secret whatever they are called: keys of well-known services, private keys, web tokens. */
const secretValue =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bsk_live_[A-Za-z0-9]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}|\/\/[^/\s:@]+:[^/\s:@]+@/;

export const redactedText = '[redacted]';

export interface Redacted {
  readonly value: unknown;
  /** Whether anything was taken out: what is judged from it may come out otherwise. */
  readonly redacted: boolean;
}

/** A value without what looks like a secret: by its name, by its form, or as the value beside a name (`{name, value}`). */
export const redact = (given: unknown): Redacted => {
  let redacted = false;
  const hidden = (): string => {
    redacted = true;
    return redactedText;
  };
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string')
      return value !== '' && (secretName.test(name) || secretValue.test(value)) ? hidden() : value;
    if (Array.isArray(value)) return value.map(one => walk(one, name));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const beside = (value as { name?: unknown }).name;
    return Object.fromEntries(
      entries.map(([key, one]) => [
        key,
        walk(one, key === 'value' && typeof beside === 'string' ? beside : key),
      ]),
    );
  };
  return { value: walk(given, ''), redacted };
};
