import { z } from 'zod';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** RFC 1123 label: what every name a person chooses must be. */
export const isDnsLabel = (name: string): boolean => name.length <= 63 && label.test(name);

/** RFC 1123 subdomain: names the platform composes, such as `payments-api.production`. */
export const isDnsSubdomain = (name: string): boolean => name.length <= 253 && subdomain.test(name);

export const dnsLabelRule =
  "must be a DNS label: lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63 characters";

export const DnsLabel = z.string().max(63, dnsLabelRule).regex(label, dnsLabelRule);
export const DnsSubdomain = z
  .string()
  .max(253)
  .regex(subdomain, 'must be a DNS subdomain: DNS labels joined by dots');

/** A user as sign-in knows them: `alice`, `alice@example.com`, `system:agent:local`. */
export const UserName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@:+-]*$/, 'must be a user name: letters, digits and . _ @ : + -');

/** Environment variable names, POSIX. */
export const VariableName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'must be a variable name: letters, digits and _, not starting with a digit',
  );
