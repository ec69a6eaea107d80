/** For tests of all packages. Certificates, made when they are needed: an authority, and what servers and clients may show. */
import { createSign, generateKeyPairSync } from 'node:crypto';

import forge from 'node-forge';

/** A certificate and its private key, both in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** The certificate of the authority, in PEM. */
  readonly ca: string;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: Identity;
  /** For localhost, but its time is over. */
  readonly expired: Identity;
  /** For other.example. */
  readonly wrongHost: Identity;
  /** For localhost, signed by itself. */
  readonly selfSigned: Identity;
  /** Of somebody who connects. */
  readonly client: Identity;
}

const LOCAL = ['localhost', '127.0.0.1', '::1'];
const DAY = 24 * 3600 * 1000;

let made: Certificates | null = null;

/** The same ones for everybody in this process. */
export function certificates(): Certificates {
  return (made ??= make());
}

interface Keys {
  readonly publicKey: string;
  readonly privateKey: string;
}

interface Issuer {
  readonly name: string;
  /** In PEM. */
  readonly key: string;
}

function make(): Certificates {
  const name = 'Authority of the tests';
  const keys = newKeys();
  // All but the authority have the same one: it takes a while to find one.
  const shared = newKeys();
  const issuer = { name, key: keys.privateKey };
  const identity = (serial: number, names: readonly string[], by: Issuer | null, until?: number) =>
    identityOf(shared, serial, names, by, until);
  const authority = { name: 'basicConstraints', cA: true, critical: true };
  return {
    ca: issue(1, name, keys.publicKey, issuer, [authority]),
    server: identity(2, LOCAL, issuer),
    expired: identity(3, LOCAL, issuer, -DAY),
    wrongHost: identity(4, ['other.example'], issuer),
    selfSigned: identity(5, LOCAL, null),
    client: identity(6, ['client.example'], issuer),
  };
}

/** @param issuer - null: itself */
function identityOf(
  { publicKey, privateKey }: Keys,
  serial: number,
  names: readonly string[],
  issuer: Issuer | null,
  until?: number,
): Identity {
  const name = names[0] ?? '';
  const altNames = names.map((value) =>
    /^[\d.]+$|:/.test(value) ? { type: 7, ip: value } : { type: 2, value },
  );
  const signer = issuer ?? { name, key: privateKey };
  const extensions = [{ name: 'subjectAltName', altNames }];
  return { cert: issue(serial, name, publicKey, signer, extensions, until), key: privateKey };
}

/** By the real clock, from ten days ago: certificates know no other. */
function issue(
  serial: number,
  name: string,
  publicKey: string,
  issuer: Issuer,
  extensions: object[],
  until = 10 * DAY,
): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `0${serial}`;
  certificate.validity.notBefore = new Date(Date.now() - 10 * DAY);
  certificate.validity.notAfter = new Date(Date.now() + until);
  certificate.setSubject([{ name: 'commonName', value: name }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer.name }]);
  certificate.setExtensions(extensions);
  // Node signs: forge's own arithmetic takes seconds under jest.
  const sign = (): string => {
    const { tbsCertificate } = certificate as unknown as { tbsCertificate: forge.asn1.Asn1 };
    const bytes = Buffer.from(forge.asn1.toDer(tbsCertificate).getBytes(), 'latin1');
    return createSign('sha256').update(bytes).sign(issuer.key).toString('latin1');
  };
  const signer = { sign } as unknown as forge.pki.rsa.PrivateKey;
  certificate.sign(signer, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function newKeys(): Keys {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
