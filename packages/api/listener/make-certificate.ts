// @peculiar/x509 needs reflect-metadata loaded before it.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const days = 24 * 60 * 60 * 1000;
const caLifetime = 3650 * days;
/** Apple's and other verifiers refuse server certificates that last longer than 397 days. */
const serverLifetime = 365 * days;
/** Clocks of client and server differ a little. */
const backdated = 60 * 60 * 1000;

const generateKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const pem = async (key: CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
/** RFC 5280, 4.1.2.2: positive and at most 20 octets. */
const serialNumber = (): string => `00${randomBytes(15).toString('hex')}`;
const validity = (now: number, lifetime: number) => ({
  notBefore: new Date(now - backdated),
  notAfter: new Date(now + lifetime),
});

/** A certificate authority for this platform alone. */
export const makeAuthority = async (now: number): Promise<CertificatePair> => {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Causeway ${randomBytes(4).toString('hex')}`,
    ...validity(now, caLifetime),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: `${await pem(keys.privateKey)}\n` };
};

/** A server's certificate for these IP addresses and host names, signed by the authority. */
export const makeServerCertificate = async (
  authority: CertificatePair,
  names: { readonly addresses: readonly string[]; readonly hosts: readonly string[] },
  now: number,
): Promise<CertificatePair> => {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  );
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=causeway-api',
    issuer: issuer.subject,
    ...validity(now, serverLifetime),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.addresses.map(value => ({ type: 'ip' as const, value })),
        ...names.hosts.map(value => ({ type: 'dns' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: `${await pem(keys.privateKey)}\n` };
};
