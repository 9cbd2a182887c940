// Makes authorities and certificates: a minimal X.509 v3 writer (RFC 5280) over node:crypto, so that there can be
// an expired one without the openssl command, a waiting day or another dependency.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export type Authority = { readonly pem: string; readonly name: string; readonly key: KeyObject };
export type Credentials = { readonly cert: string; readonly key: string };

const dayMs = 86_400_000;

/** A new authority, valid for ten years. */
export function makeAuthority(name = 'Signalbox Test CA'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [extension('551d13', true, sequence(boolean(true)))];
  const pem = certificate({ issuer: name, subject: name, from: -dayMs, to: 3_650 * dayMs, publicKey, extensions }, privateKey);
  return { pem, name, key: privateKey };
}

/** A server's key and certificate for DNS `names`, ending `days` from now (negative: it has expired). */
export function makeCertificate(authority: Authority, names: readonly string[], days: number): Credentials {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const alternatives = sequence(...names.map((name) => tlv(0x82, Buffer.from(name, 'latin1'))));
  const cert = certificate(
    {
      issuer: authority.name,
      subject: names[0] ?? 'nobody',
      from: Math.min(-dayMs, (days - 30) * dayMs),
      to: days * dayMs,
      publicKey,
      extensions: [extension('551d11', false, alternatives)],
    },
    authority.key,
  );
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

type Content = {
  readonly issuer: string;
  readonly subject: string;
  /** Milliseconds from now. */
  readonly from: number;
  readonly to: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
};

function certificate(content: Content, signingKey: KeyObject): string {
  // ecdsa-with-SHA256, 1.2.840.10045.4.3.2
  const algorithm = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    distinguishedName(content.issuer),
    sequence(time(content.from), time(content.to)),
    distinguishedName(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...content.extensions)),
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signingKey)]));
  const lines =
    sequence(body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const size = length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), size, value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return sequence(tlv(0x06, Buffer.from(oid, 'hex')), ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

function distinguishedName(name: string): Buffer {
  // commonName, 2.5.4.3
  return sequence(tlv(0x31, sequence(tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(name)))));
}

function time(fromNowMs: number): Buffer {
  const text = new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  // UTCTime has two digits for the year, and means 2049 at most.
  return Number(text.slice(0, 4)) < 2_050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}
