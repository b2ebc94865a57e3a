// Fuzzes of what keeps secrets in: scrubbing of answers, decoys in requests of any bytes, and settings that are wrong.
import fc from 'fast-check';
import { TradeboxError } from '../../src/core/errors.js';
import { encodingsOf } from '../../src/core/needles.js';
import { compilePolicy } from '../../src/sidecar/egress-policy.js';
import { Malformed } from '../../src/sidecar/http1/fields.js';
import { parseRequestHead } from '../../src/sidecar/http1/head.js';
import { writeRequestHead, writeSignedHead } from '../../src/sidecar/http1/write.js';
import { parseSettings } from '../../src/sidecar/run.js';
import { Matcher, Scrubber } from '../../src/sidecar/scrub.js';
import { protocolVersion } from '../../src/sidecar/settings.js';
import { disguises } from '../support/disguises.js';
import { spellingsOf } from '../support/hunt.js';
import {
  decide,
  decoys,
  llmDecoy,
  llmSecret,
  makeWorld,
  plain,
  random,
  real,
  rule,
  venueSetting,
} from '../support/pipeline-world.js';
import { cutAt, type Fuzz, fractions, mutate, mutations, spell } from './fuzz.js';

const secretText = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 48 });
const filling = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('', '"', '{"key":"', '%', 'Bearer ', '\\'),
);

/** Names of the spellings of a value that stand in bytes; short ones, which chance makes, do not count. */
function foundIn(bytes: Buffer, value: string): string[] {
  return Object.entries(spellingsOf(value)).flatMap(([name, needle]) =>
    !['reversed', 'utf-16le'].includes(name) && needle.length >= 12 && bytes.includes(needle) ? [name] : [],
  );
}

const scrubbing: Fuzz = {
  name: 'scrubbing',
  property: () =>
    fc.property(
      fc.array(secretText, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(filling, fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }),
      fractions,
      (secrets, parts, cuts) => {
        const patterns = secrets.flatMap((value, index) =>
          encodingsOf(value).map((bytes) => ({ id: `s${index}`, bytes })),
        );
        const scrubber = new Scrubber(new Matcher(patterns));
        const pieces = parts.flatMap(([before, which, how]) => [
          Buffer.from(before),
          spell(secrets[which % secrets.length] ?? '', how),
        ]);
        const text = Buffer.concat(pieces);
        const out = Buffer.concat([
          ...cutAt(text, cuts).map((chunk) => Buffer.from(scrubber.push(Buffer.from(chunk)))),
          scrubber.end(),
        ]);
        if (out.length !== text.length) throw new Error(`${text.length} bytes became ${out.length}`);
        const found = secrets.flatMap((value) => foundIn(out, value))[0];
        if (found !== undefined) throw new Error(`a spelling came through: ${found}`);
      },
    ),
};

const apiDecoy = random('api-decoy');
const apiSecret = random('api-real');
const world = makeWorld({
  settings: [
    plain('llm', 'llm.test', llmSecret, llmDecoy, true),
    plain('api', 'api.test', apiSecret, apiDecoy, false),
    venueSetting('demo'),
  ],
  policy: makeWorld().policy,
});
const writable = { ...world, policy: compilePolicy([rule('open.test')]) };
const hosts = fc.constantFrom('llm.test', 'api.test', 'open.test', 'www.okx.com', 'evil.test');
const ownDecoy: Readonly<Record<string, string>> = { 'llm.test': llmDecoy, 'api.test': apiDecoy };
const allDecoys = [llmDecoy, apiDecoy, ...Object.values(decoys)];
const spelled = fc
  .tuple(fc.constantFrom(...allDecoys), fc.nat())
  .map(([value, how]) => spell(value, how).toString('latin1'));
const word = fc.oneof(
  spelled,
  fc.constantFrom(...allDecoys),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
);
const requests = fc.record({
  host: hosts,
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
  target: fc.oneof(
    fc.constantFrom('/', '/ok/x', '/api/v5/account/balance', '/api/v5/trade/order'),
    word.map((text) => `/ok/${text}`),
  ),
  query: fc.oneof(
    fc.constant(''),
    word.map((text) => `?q=${text}`),
  ),
  fields: fc.array(
    fc.tuple(
      fc.constantFrom('Authorization', 'X-Note', 'Cookie', 'OK-ACCESS-KEY', 'OK-ACCESS-SIGN', 'Content-Type'),
      word,
    ),
    { maxLength: 4 },
  ),
  isOwn: fc.boolean(),
  body: fc.oneof(
    fc.constant(''),
    word,
    word.map((text) => JSON.stringify({ a: text })),
  ),
  changes: mutations(4),
});

/** Real values, of which none may stand in what the agent's bytes make the sidecar send to another host. */
const realValues = [llmSecret, apiSecret, ...Object.values(real)];

const substitution: Fuzz = {
  name: 'substitution',
  property: () =>
    fc.property(requests, ({ host, method, target, query, fields, isOwn, body, changes }) => {
      const own = ownDecoy[host];
      const lines = [...(isOwn && own !== undefined ? [['Authorization', `Bearer ${own}`]] : []), ...fields];
      const head = `${method} ${target}${query} HTTP/1.1\r\nHost: ${host}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n`;
      const bytes = mutate(Buffer.from(head + body, 'latin1'), changes).toString('latin1');
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0 || parseRequestHead(Buffer.from(bytes.slice(0, end + 4), 'latin1')) instanceof Malformed)
        return;
      const { exchange, denied } = decide(world, host, bytes);
      if (denied !== undefined) return;
      if (host === 'evil.test') throw new Error('an unlisted host was allowed');
      const isVenue = exchange.signed !== undefined;
      const origin = { host, port: 443 };
      const sent =
        isVenue && exchange.signed !== undefined
          ? Buffer.concat([
              Buffer.from(writeSignedHead(exchange.signed, origin), 'latin1'),
              exchange.signed.body,
            ])
          : Buffer.from(
              writeRequestHead(exchange.head, origin, exchange, exchange.placed) +
                (host === 'llm.test' ? '' : bytes.slice(end + 4)),
              'latin1',
            );
      const foreign = realValues.filter(
        (value) =>
          !(host === 'llm.test' && value === llmSecret) &&
          !(host === 'api.test' && value === apiSecret) &&
          !isVenue,
      );
      for (const value of [...foreign, ...allDecoys]) {
        const [found] = foundIn(sent, value);
        if (found !== undefined)
          throw new Error(
            `${found} of a ${allDecoys.includes(value) ? 'decoy' : 'secret'} leaves to ${host}`,
          );
      }
    }),
};

const disguising: Fuzz = {
  name: 'disguises',
  property: () =>
    fc.property(
      fc.constantFrom(...allDecoys),
      fc.constantFrom(...Object.entries(disguises)),
      fc.string({ unit: 'grapheme-ascii', maxLength: 90 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 90 }),
      fc.boolean(),
      (decoy, [name, disguise], before, after, isPadded) => {
        const judge = (value: string) => {
          // Letters on either side of a value would be parts of another one, wherever separators do not count.
          const form = Buffer.from(disguise(`${before}=${value}=${after}`)).toString('latin1');
          const body = isPadded ? `--x\r\n\r\n${form}\r\n--x--` : form;
          return decide(
            writable,
            'open.test',
            `POST /ok/ HTTP/1.1\r\nHost: open.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          ).denied;
        };
        if (judge(decoy)?.code !== 'DECOY_MISPLACED') throw new Error(`a decoy leaves: ${name}`);
        const denied = judge(decoy.replace(/[0-9a-z]/gi, (char) => (char === 'e' ? 'f' : 'e')));
        if (denied !== undefined) throw new Error(`no decoy, but denied: ${name}, ${denied.code}`);
      },
    ),
};

const settingsSecret = random('settings-real');
const validSettings = {
  protocol: protocolVersion,
  sandbox: { name: 'fuzz', id: 'id' },
  mode: 'readonly',
  network: { address: '10.0.0.2', dnsPort: 53, httpPorts: [80], tlsPorts: [443], connectPort: 3128 },
  journalDir: '/journal',
  policy: { rules: [rule('api.test')] },
  credentials: [plain('api', 'api.test', settingsSecret, apiDecoy, false)],
  pins: [],
  echo: { host: 'echo.tradebox.internal' },
};

const settings: Fuzz = {
  name: 'settings',
  property: () =>
    fc.property(mutations(5), (changes) => {
      const line = mutate(Buffer.from(JSON.stringify(validSettings)), changes).toString('utf8');
      try {
        parseSettings(line);
      } catch (error) {
        if (!(error instanceof TradeboxError)) throw error;
        const said = `${error.message} ${error.remedy ?? ''} ${error.stack ?? ''} ${String(error.cause ?? '')}`;
        if (said.includes(settingsSecret)) throw new Error('the complaint quotes the secret');
      }
    }),
};

export const secretFuzzes: readonly Fuzz[] = [scrubbing, substitution, disguising, settings];
