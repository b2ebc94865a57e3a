// A Client Portal Gateway of the user's own: it holds the session that a person opened in its browser page, and signs nothing of ours.
// Source: ibkrcampus.com cpapi-v1 ("Client Portal Gateway": port 5000, a certificate of its own, who may call in `ips` of root/conf.yaml).
import { X509Certificate } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { explainFixedAddress } from '../../core/fixed-address.js';
import { headerOf } from '../../core/http.js';
import { revealHeader } from '../client-headers.js';
import type { CredentialField, RealCredential, VenueGateway } from '../venue.js';

const title = 'Interactive Brokers';
const placeForm = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;
const certificateForm =
  /^-----BEGIN CERTIFICATE-----(?:\\n|\s)+[A-Za-z0-9+/=\\\s]+-----END CERTIFICATE-----(?:\\n|\s)*$/;

/** Instead of what signs: where the gateway listens, and its certificate in PEM. */
export const gatewayFields: readonly CredentialField[] = [
  {
    name: 'gateway',
    env: [],
    isOptional: true,
    insteadOf: ['consumerKey', 'accessToken', 'liveSessionToken'],
    makeDecoy: (randomBytes) => {
      const [a = 0, b = 0, c = 0, ...port] = randomBytes(5);
      return `10.${a}.${b}.${c}:${1024 + (Buffer.from(port).readUInt16BE() % 60_000)}`;
    },
    explainMalformed: (value) => explainPlace(value),
  },
  {
    name: 'gatewayCertificate',
    env: [],
    isOptional: true,
    makeDecoy: (randomBytes) =>
      `-----BEGIN CERTIFICATE-----\n${randomBytes(600).toString('base64')}\n-----END CERTIFICATE-----`,
    explainMalformed: (value) =>
      certificateForm.test(value) ? undefined : 'is not one certificate in PEM, without a key',
  },
];

/** Fields that sign, or open a session that does. */
const signing = [
  'liveSessionToken',
  'accessTokenSecret',
  'sessionToken',
  'bearerToken',
  'clientKey',
] as const;

export const gateway: VenueGateway = {
  fields: gatewayFields.map(({ name }) => name),
  isUsed: (real) => real.gateway !== undefined && signing.every((field) => real[field] === undefined),
  // Clients of a gateway prove nothing, but for cookies that it gave them: those stay behind. What is signed is not for it.
  accepts: (request, real) =>
    gateway.isUsed(real) &&
    ['authorization', 'content-encoding'].every((name) => headerOf(request.headers, name) === undefined),
  locate(real) {
    const place = revealHeader(real, 'gateway', title);
    const [, address, port] = placeForm.exec(place) ?? [];
    const problem = explainPlace(place);
    if (problem !== undefined || address === undefined) throw unusable('gateway', problem ?? '');
    const ca = certificateOf(real);
    const servername = nameIn(ca);
    if (servername === undefined) throw unusable('gatewayCertificate', 'bears no name, or is no certificate');
    return { address, port: Number(port), ca, servername };
  },
};

function explainPlace(value: string): string | undefined {
  const [, address = '', port] = placeForm.exec(value) ?? [];
  if (address === '') return 'is not address:port, such as 192.168.1.10:5000';
  if (Number(port) < 1 || Number(port) > 65_535) return 'has no port from 1 to 65535';
  return explainFixedAddress(address);
}

function certificateOf(real: RealCredential): string {
  const pem = real.gatewayCertificate?.reveal() ?? '';
  if (!certificateForm.test(pem)) throw unusable('gatewayCertificate', 'is missing or no certificate in PEM');
  return pem.replaceAll('\\n', '\n');
}

/** The first DNS name of the certificate, else its common name: what TLS checks it by. */
function nameIn(pem: string): string | undefined {
  try {
    const { subject, subjectAltName } = new X509Certificate(pem);
    return /(?:^|, )DNS:([^,\s"]+)/.exec(subjectAltName ?? '')?.[1] ?? /^CN=(\S+)$/m.exec(subject)?.[1];
  } catch {
    return undefined;
  }
}

function unusable(field: string, problem: string): TradeboxError {
  return new TradeboxError('SECRET_INVALID', `The ${title} credential's ${field} ${problem}.`, {
    remedy:
      'Store as gateway the address and port on which the sidecar reaches your Client Portal Gateway, and as gatewayCertificate its certificate in PEM.',
  });
}
