// ATTACKS B4, B5, B9–B12: what parsers read differently, bodies, and what comes back: reflections, leftovers, session tokens.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { docker } from '../../support/docker.js';
import {
  agentProc,
  engineViews,
  filesBelow,
  hunt,
  place as placeOf,
  spellingsOf,
} from '../../support/hunt.js';
import { type Attack, type Variant, variant } from './attack.js';
import { keyOf } from './names.js';
import type { Place } from './place.js';
import { arrivedOf, assertWayIsOpen, sendAll } from './secrets.js';
import type { World } from './world.js';

const mirror = 'mirror.desk.test';

const b4: Attack = {
  id: 'B4',
  title: 'CL+TE, doubled lengths and hosts, obs-fold, bare LF, NUL, chunk tricks, smuggled pipelines',
  setting: 'a proxy that passes bytes',
  attempt: framings,
  control: (world) => framings(world.plain, world),
};

async function framings(place: Place, world: World): Promise<Variant[]> {
  await assertWayIsOpen(place, mirror, '/harmless');
  const mark = randomBytes(6).toString('hex');
  const line = (index: number, method = 'POST') =>
    `${method} /${mark}-${index}- HTTP/1.1\r\nHost: ${mirror}\r\n`;
  const hidden = (index: number) => `GET /hidden-${mark}-${index}- HTTP/1.1\r\nHost: ${mirror}\r\n\r\n`;
  const cases: { name: string; text: (index: number) => string }[] = [
    {
      name: 'CL+TE',
      text: (at) =>
        `${line(at)}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden(at)}`,
    },
    {
      name: 'TE+CL',
      text: (at) =>
        `${line(at)}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden(at)}`,
    },
    { name: 'two lengths', text: (at) => `${line(at)}Content-Length: 0\r\nContent-Length: 4\r\n\r\nabcd` },
    {
      name: 'the same length twice',
      text: (at) => `${line(at)}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`,
    },
    { name: 'a list of lengths', text: (at) => `${line(at)}Content-Length: 4, 4\r\n\r\nabcd` },
    { name: 'a signed length', text: (at) => `${line(at)}Content-Length: +4\r\n\r\nabcd` },
    { name: 'a hexadecimal length', text: (at) => `${line(at)}Content-Length: 0x4\r\n\r\nabcd` },
    { name: 'TE of another coding', text: (at) => `${line(at)}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n` },
    {
      name: 'TE twice',
      text: (at) => `${line(at)}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    },
    { name: 'TE with a tab', text: (at) => `${line(at)}Transfer-Encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n` },
    { name: 'space before the colon', text: (at) => `${line(at)}Content-Length : 4\r\n\r\nabcd` },
    { name: 'obs-fold', text: (at) => `${line(at, 'GET')}X-A: b\r\n c\r\n\r\n` },
    {
      name: 'a folded first field',
      text: (at) => `GET /${mark}-${at}- HTTP/1.1\r\n X: y\r\nHost: ${mirror}\r\n\r\n`,
    },
    { name: 'bare LF', text: (at) => line(at, 'GET').replaceAll('\r\n', '\n') + '\n' },
    { name: 'bare CR in a field', text: (at) => `${line(at, 'GET')}X-A: b\rX-B: c\r\n\r\n` },
    { name: 'NUL in a field', text: (at) => `${line(at, 'GET')}X-A: b\0c\r\n\r\n` },
    { name: 'Host twice', text: (at) => `${line(at, 'GET')}Host: ${mirror}\r\n\r\n` },
    { name: 'HTTP/1.0', text: (at) => `GET /${mark}-${at}- HTTP/1.0\r\nHost: ${mirror}\r\n\r\n` },
    {
      name: 'HTTP/1.1 with two spaces',
      text: (at) => `GET  /${mark}-${at}- HTTP/1.1\r\nHost: ${mirror}\r\n\r\n`,
    },
    {
      name: 'a fragment in the target',
      text: (at) => `GET /${mark}-${at}-#x HTTP/1.1\r\nHost: ${mirror}\r\n\r\n`,
    },
    { name: 'dot segments', text: (at) => `GET /x/../${mark}-${at}- HTTP/1.1\r\nHost: ${mirror}\r\n\r\n` },
    {
      name: 'encoded dot segments',
      text: (at) => `GET /x/%2e%2e/${mark}-${at}- HTTP/1.1\r\nHost: ${mirror}\r\n\r\n`,
    },
    {
      name: 'a chunk size with a sign',
      text: (at) => `${line(at)}Transfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n`,
    },
    {
      name: 'a chunk size of 17 digits',
      text: (at) => `${line(at)}Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\nx\r\n0\r\n\r\n`,
    },
    {
      name: 'a chunk without its end',
      text: (at) => `${line(at)}Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n`,
    },
    {
      name: 'a body on GET that is a request',
      text: (at) => `${line(at, 'GET')}Transfer-Encoding: identity\r\n\r\n${hidden(at)}`,
    },
  ];
  const proxy = `${place.hostAddress}:${world.upstreams.proxyPort}`;
  const sends = cases.map(({ text }, index) => text(index));
  const answers = await place.run(
    (tools, { list, host, through }) =>
      Promise.all(
        list.map((send) =>
          tools.tls({ host, send, timeoutMs: 3000, ...(through === '' ? {} : { proxy: through }) }),
        ),
      ),
    { list: sends, host: mirror, through: place.kind === 'box' ? '' : proxy },
  );
  return cases.map(({ name }, index) => {
    const isThere = world.seen(`${mark}-${index}-`).length > 0;
    const [first = ''] = (answers[index] ?? '').split('\r\n');
    return variant(name, isThere && `${name}: it was forwarded (${first})`, first || 'no answer');
  });
}

const b5: Attack = {
  id: 'B5',
  title: 'the key in a compressed body; an oversized venue body; binary bodies byte for byte',
  control: 'plain',
  async attempt(place, world) {
    const host = 'other.desk.test';
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const zipped = gzipSync(JSON.stringify({ key })).toString('latin1');
    const post = (name: string, index: number, fields: string, body: string) => ({
      name,
      host,
      send: `POST /open/${mark}-${index}- HTTP/1.1\r\nHost: ${host}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`,
    });
    const variants = await arrivedOf(
      place,
      world,
      [
        post('gzip', 0, 'Content-Encoding: gzip\r\n', zipped),
        post('gzip behind identity', 1, 'Content-Encoding: identity\r\nContent-Encoding: gzip\r\n', zipped),
      ],
      mark,
    );
    const arrived = variants.map((one, index) =>
      world.seen(`${mark}-${index}-`).some((text) => text.includes(key))
        ? one
        : { name: one.name, detail: `${one.detail}, without the key` },
    );
    if (place.kind !== 'box') return arrived;
    const binary = randomBytes(40_000);
    await sendAll(place, [post('binary', 9, '', binary.toString('latin1'))]);
    const received = world.upstreams.requests.find(({ text }) => text.includes(`${mark}-9-`));
    const okx = 'www.okx.com';
    const big = `{"a":"${'x'.repeat(1_100_000)}"}`;
    const send = `POST /api/v5/trade/order HTTP/1.1\r\nHost: ${okx}\r\nContent-Type: application/json\r\nContent-Length: ${big.length}\r\n\r\n${big}`;
    const [answer = ''] = await place.run(
      async (tools, text) => [await tools.tls({ host: 'www.okx.com', send: text, timeoutMs: 4000 })],
      send,
    );
    const [line = ''] = answer.split('\r\n');
    return [
      ...arrived,
      variant('binary body', !received?.body.equals(binary) && 'it was changed on the way', 'byte for byte'),
      variant('1.1 MB to a venue', / [1235]\d\d/.test(line) && `answered ${line}`, line),
    ];
  },
};

const b9: Attack = {
  id: 'B9',
  title: 'an upstream that reflects the key: plain, split, compressed, encoded, in headers and errors',
  control: 'plain',
  async attempt(place, world) {
    const { host, port, address } = place.upstream(mirror);
    const lead = address === undefined ? '' : `--resolve ${host}:${port}:${address}`;
    const forms = ['plain', 'split', 'gzip', 'coded-twice', 'br', 'zstd', 'header', 'error', 'parts'];
    const texts = await place.run(
      async (tools, lines) => Promise.all(lines.map(async (line) => (await tools.sh(line, 20_000)).output)),
      forms.map((form) => {
        const ask = `-ksS --compressed -m 20 ${lead} https://${host}:${port}/mirror/${form} -H "authorization: Bearer $API_KEY"`;
        return form === 'parts' ? `printf HTTP/; curl ${ask} -r 0-9; curl ${ask} -r 10-` : `curl -i ${ask}`;
      }),
    );
    const spellings = Object.entries(spellingsOf(world.secrets.api)).filter(
      ([name]) => !['reversed', 'utf-16le'].includes(name),
    );
    return forms.map((form, index) => {
      const text = texts[index] ?? '';
      if (!text.startsWith('HTTP/')) throw new Error(`no answer for ${form}: ${text.slice(0, 200)}`);
      const found = spellings
        .filter(([, needle]) => Buffer.from(text).includes(needle))
        .map(([name]) => name);
      return variant(form, found.length > 0 && `${form}: the key came back (${found[0]})`, 'masked');
    });
  },
};

const b10: Attack = {
  id: 'B10',
  title: 'the key in docker inspect, history, diff and logs, the journal, the state directory, /proc, ps',
  // Reads so much at once that the upstreams of this process answer nobody meanwhile.
  isApart: true,
  setting: 'a plain docker run with the key in its environment',
  isPlain: true,
  async attempt(_place, world) {
    const places = [
      ...engineViews(world.box.name),
      ...agentProc(world.box.name),
      ...filesBelow(world.home.home, 'state and configuration'),
      placeOf('what the CLI printed', world.home.transcript.join('\n')),
      placeOf('ps of this host', execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })),
    ];
    const found = hunt(world.secrets, places);
    const isFound = new Set(found.map(({ place }) => place));
    return places.map(({ name }) => variant(name, isFound.has(name) && `found in ${name}`, 'not in it'));
  },
  async control(world, plain) {
    const places = [placeOf('docker inspect', docker('inspect', plain.container))];
    return [
      variant(
        'docker inspect',
        hunt(world.secrets, places).length > 0 && 'both keys found in docker inspect',
      ),
    ];
  },
};

const b11: Attack = {
  id: 'B11',
  title: 'the authority’s private key in the box; decoys that repeat from box to box',
  setting: 'an authority made in the container itself',
  async attempt(place, world) {
    const found = await place.run(findAuthorityKeys, '/etc/ssl/certs/ca-certificates.crt');
    const own = await keyOf(place, 'OKX_SECRET_KEY');
    const theirs = await keyOf(world.inNeighbour, 'BINANCE_SECRET_KEY');
    const all = await Promise.all([keyOf(place), keyOf(place, 'MODEL_KEY'), own, theirs]);
    return [
      variant('private keys in the file system', found.join(' '), 'none belongs to the authority'),
      variant(
        'decoys',
        new Set(all).size < all.length && 'two are the same',
        `${all.length} of ${all.length} differ`,
      ),
      variant(
        'decoys are no keys',
        all.some((one) => Object.values(world.secrets).includes(one)) && 'a real key',
        'none is real',
      ),
    ];
  },
  async control(world) {
    const made = await world.plain.sh(
      'cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj /CN=x -days 1 2>&1',
    );
    if (made.code !== 0) throw new Error(made.stdout);
    const found = await world.plain.run(findAuthorityKeys, '/tmp/ca.pem');
    return [variant('private keys in the file system', found.join(' '))];
  },
};

/** Files that hold the private key of a certificate in the bundle. Runs in a container. */
async function findAuthorityKeys(
  tools: { require: NodeJS.Require; sh(line: string, ms?: number): Promise<{ output: string }> },
  bundle: string,
): Promise<string[]> {
  const fs = tools.require('node:fs') as typeof import('node:fs');
  const crypto = tools.require('node:crypto') as typeof import('node:crypto');
  const spki = (key: import('node:crypto').KeyObject) =>
    key.export({ type: 'spki', format: 'der' }).toString('hex');
  const certificates =
    fs.readFileSync(bundle, 'utf8').match(/-----BEGIN CERT[\s\S]*?END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new Error('the bundle holds no certificate');
  const wanted = new Set(certificates.map((pem) => spki(new crypto.X509Certificate(pem).publicKey)));
  const { output } = await tools.sh(
    'grep -rlsI --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev -e "PRIVATE KEY-----" /etc /home /opt /root /run /srv /tmp /var /workspace /usr/local/share; true',
    30_000,
  );
  return output.split('\n').filter((file) => {
    if (file === '') return false;
    const text = fs.readFileSync(file, 'latin1');
    const keys = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?END [A-Z ]*PRIVATE KEY-----/g) ?? [];
    return keys.some((pem) => {
      try {
        return wanted.has(spki(crypto.createPublicKey(pem)));
      } catch {
        return false;
      }
    });
  });
}

const b12: Attack = {
  id: 'B12',
  title: 'session tokens in answers (Kraken’s WebSocket token, Binance’s listenKey)',
  setting: 'a host without an operation table',
  async attempt(_place, world) {
    const calls = [
      { host: 'api.kraken.com', line: 'POST /0/private/GetWebSocketsToken' },
      { host: 'testnet.binance.vision', line: 'POST /api/v3/userDataStream' },
      { host: 'testnet.binance.vision', line: 'POST /sapi/v1/userListenToken' },
    ];
    const events = (await world.neighbour.journal()).length;
    const answers = await world.inNeighbour.run(
      (tools, list) =>
        Promise.all(
          list.map(({ host, line }) => {
            const key = process.env.BINANCE_API_KEY ?? '';
            const own = host.includes('binance') ? `X-MBX-APIKEY: ${key}\r\n` : '';
            const send = `${line} HTTP/1.1\r\nHost: ${host}\r\n${own}Content-Length: 0\r\n\r\n`;
            return tools.tls({ host, send });
          }),
        ),
      calls,
    );
    const denied = (await world.neighbour.journal())
      .slice(events)
      .flatMap(({ event }) => (event.verdict === 'deny' ? [`${event.code}`] : []));
    // The venues' own refusals differ: Kraken's is a 200 with an error in it.
    return calls.map(({ line }, index) => {
      const answer = answers[index] ?? '';
      // Kraken's is a read for who signs with the decoy; its token is a decoy then.
      const isDenied =
        denied.filter((code) => /^OPERATION_|^CREDENTIAL_MISSING$/.test(code)).length === calls.length;
      const isToken = /"(token|listenKey)"/.test(answer);
      return variant(
        line,
        (isToken || !isDenied) && `${line}: ${denied.join(' ')} ${answer.slice(-80)}`,
        `denied: ${denied[index]}`,
      );
    });
  },
  async control(world) {
    const [answer = ''] = await sendAll(world.inBox, [
      {
        name: 'token',
        host: mirror,
        send: `POST /token HTTP/1.1\r\nHost: ${mirror}\r\nContent-Length: 0\r\n\r\n`,
      },
    ]);
    return [
      variant(
        'a token of the host’s',
        / 200 /.test(answer) && /session-/.test(answer) && 'the answer’s token reached the agent',
      ),
    ];
  },
};

export const answerAttacks: readonly Attack[] = [b4, b5, b9, b10, b11, b12];
