// What a venue grants to a key is looked for in answers like the key itself, whatever is rotated since.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { SecretFinder } from '../../../src/sidecar/secret-finder.js';
import { ibkr } from '../../../src/venues/ibkr/ibkr.js';
import { sessionPath, tokenPath } from '../../../src/venues/ibkr/oauth2.js';
import {
  answer,
  eventually,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
} from '../../support/sidecar-box.js';
import { makeDecoys } from '../../support/venue-requests.js';

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.stop ?? one.close)?.();
});

const fresh = (what: string) => `${what}-${randomBytes(15).toString('hex')}`;
const finds = (finder: SecretFinder, text: string) => finder.matcher.find(Buffer.from(text))?.id;

test('tokens are looked for beside the patterns, in every spelling, whatever patterns follow', () => {
  const [token, first, second] = [fresh('token'), fresh('one'), fresh('two')];
  const finder = new SecretFinder([{ id: 'main', bytes: Buffer.from(first) }]);
  expect(finds(finder, `<${token}>`)).toBeUndefined();
  finder.hold('main', new Secret(token));
  const begin = finder.prepare([{ id: 'other', bytes: Buffer.from(second) }]);
  expect([finds(finder, first), finds(finder, second)]).toEqual(['main', undefined]);
  begin();
  expect([finds(finder, first), finds(finder, second)]).toEqual([undefined, 'other']);
  for (const spelling of ['utf8', 'hex', 'base64', 'base64url'] as const)
    expect(finds(finder, `<${Buffer.from(token).toString(spelling)}>`)).toBe('main');
});

test('of each credential the last sixteen tokens are known; one that is granted again stays', () => {
  const finder = new SecretFinder([]);
  const tokens = Array.from({ length: 18 }, () => fresh('token'));
  const other = fresh('other');
  finder.hold('two', new Secret(other));
  for (const token of [...tokens.slice(0, 16), tokens[0] as string, ...tokens.slice(16)])
    finder.hold('one', new Secret(token));
  expect(tokens.map((token) => finds(finder, token))).toEqual(
    tokens.map((_, at) => (at === 1 || at === 2 ? undefined : 'one')),
  );
  expect(finds(finder, other)).toBe('two');
});

test('IBKR: no answer carries the tokens of OAuth 2.0 to the agent, before and after rotations', async () => {
  const [host, otherHost] = ['api.ibkr.com', 'api.example.test'];
  const grants = { [tokenPath]: fresh('access'), [sessionPath]: fresh('bearer') };
  const spelled = () =>
    Object.values(grants).flatMap((token) => [token, Buffer.from(token).toString('base64')]);
  const upstream = await startTestUpstream(host, (peer, head) => {
    const path = head.split(' ')[1] ?? '';
    const granted = Object.entries(grants).find(([at]) => at === path)?.[1];
    if (granted !== undefined) peer.socket.write(answer(JSON.stringify({ access_token: granted })));
    else if (path === '/v1/api/tickle')
      peer.socket.write(answer(JSON.stringify({ iserver: { authStatus: { authenticated: true } } })));
    else peer.socket.write(answer(JSON.stringify({ accounts: ['DU1234567'], spelled: spelled() })));
  });
  const elsewhere = await startTestUpstream(otherHost, (peer) =>
    peer.socket.write(answer(JSON.stringify({ accounts: ['DU1234567'], spelled: spelled() }))),
  );
  open.push(upstream, elsewhere);
  const key = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
  const decoys = makeDecoys(ibkr);
  const secrets = {
    clientKey: key(),
    clientId: fresh('client'),
    clientKeyId: 'main-key',
    userName: 'trader-01',
    ipAddress: '203.0.113.7',
  };
  const other = {
    kind: 'plain' as const,
    id: 'api',
    hosts: [otherHost],
    placement: { in: 'header' as const, name: 'x-key', prefix: '' },
    secret: fresh('real'),
    decoy: fresh('decoy'),
    isLlm: false,
  };
  const box = await startTestBox(
    ({ tls }) => ({
      policy: { rules: [rule(host, tls, { venue: 'ibkr' }), rule(otherHost, tls)] },
      credentials: [{ kind: 'venue', id: 'ib', venue: 'ibkr', environment: 'demo', secrets, decoys }, other],
    }),
    {
      routes: [
        { host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca },
        { host: otherHost, address: '127.0.0.1', port: elsewhere.port, ca: elsewhere.ca },
      ],
    },
  );
  open.push(box);
  const expectMasked = async (at: string, request: string): Promise<void> => {
    const text = await exchange(box, at, `${request}\r\n\r\n`);
    expect(text).toContain('DU1234567');
    for (const token of Object.values(grants)) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token).toString('base64').slice(4, -4));
    }
  };
  const atVenue = `GET /v1/api/iserver/accounts HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${decoys.bearerToken}`;
  const atOther = `GET / HTTP/1.1\r\nHost: ${otherHost}:${box.tlsPort}\r\nX-Key: ${other.decoy}`;
  await eventually(() => upstream.receivedText().includes('POST /v1/api/tickle'));
  await expectMasked(host, atVenue);
  expect(upstream.receivedText()).toContain(`Bearer ${grants[sessionPath]}`);
  const { rotate } = box.sidecar.state;
  rotate([{ credential: 'api', secret: fresh('real') }]);
  await expectMasked(host, atVenue);
  // The session of a key that was replaced may be open at the venue still.
  rotate([{ credential: 'ib', field: 'clientKey', secret: key() }]);
  await expectMasked(otherHost, atOther);
});
