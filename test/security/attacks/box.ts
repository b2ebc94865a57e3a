// ATTACKS A13, A15, A16, C2, C6, D7–D9, E8: the container itself, smuggling to allowed hosts, forged and unknown venue calls.
import { randomBytes } from 'node:crypto';
import { docker, inspectBox } from '../../support/docker.js';
import { type Attack, type Variant, variant } from './attack.js';
import { connectTo, farTargets } from './egress.js';
import { floodAttack } from './floods.js';
import type { Place } from './place.js';
import { arrivedOf, assertWayIsOpen, sendAll } from './secrets.js';
import type { World } from './world.js';

const a13: Attack = {
  id: 'A13',
  title: 'the sidecar killed: no network at all',
  isApart: true,
  setting: 'a plain docker run, which needs no sidecar',
  isPlain: true,
  async attempt(place, world) {
    docker('kill', inspectBox(world.box.name).sidecar.Id);
    const targets = [
      ...farTargets(place, world),
      `${world.sidecarAddress}:3128`,
      `${world.sidecarAddress}:443`,
    ];
    const reached = await connectTo(place, targets);
    const curl = await place.sh("curl -ksS -m 3 -o /dev/null -w '%{http_code}' https://mirror.desk.test/");
    return [
      ...reached,
      variant('an allowed host', curl.stdout === '200' && 'it answered', `exit ${curl.code}`),
    ];
  },
  control: (world, plain) => connectTo(plain, farTargets(plain, world)),
};

const cores = 'core files of any size';

/** Lines of which none may succeed in a box; python's system calls by number, for the two common machines. */
const escapes: Readonly<Record<string, string>> = {
  'the engine’s socket':
    'test -e /var/run/docker.sock || test -e /run/docker.sock || test -e /run/containerd/containerd.sock',
  'the docker CLI': 'command -v docker podman nerdctl',
  'a capability': "grep -qE '^Cap(Eff|Prm|Bnd|Amb):.*[1-9a-f]' /proc/self/status",
  'new privileges': "grep -q 'NoNewPrivs:.0' /proc/self/status",
  'no seccomp filter': "grep -q 'Seccomp:.0' /proc/self/status",
  'raw IPv4 socket': 'python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"',
  'packet socket': 'python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"',
  'netlink route change':
    'ip link set eth0 down 2>/dev/null || ip route add default via 192.0.2.1 2>/dev/null',
  mount: 'mkdir -p /tmp/m && mount -t tmpfs none /tmp/m',
  'a user namespace': 'unshare -Ur true',
  'a network namespace': 'unshare -n true',
  'a kernel setting': 'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'IPv6 turned on': 'echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6',
  'a core pattern': 'echo /tmp/core > /proc/sys/kernel/core_pattern',
  'a device': 'ls /dev/sda /dev/vda /dev/kvm /dev/mem /dev/fuse /dev/net/tun 2>/dev/null | grep -q .',
  'making a device': 'mknod /tmp/d b 8 0',
  'the host’s processes': 'grep -qsa "[d]ockerd" /proc/[0-9]*/cmdline',
  'this machine by the root of process 1': 'test -e /proc/1/root/var/lib/docker || test -e /proc/1/root/vm',
  'a group’s release agent':
    'for file in $(find /sys/fs/cgroup -name release_agent); do echo /tmp/x > $file && exit; done; false',
  'kernel keyring': syscall({ x86_64: 250, aarch64: 219 }, '1, 0'),
  'adding a key': syscall({ x86_64: 248, aarch64: 217 }, "b'user', b'a', b'b', 1, -2"),
  bpf: syscall({ x86_64: 321, aarch64: 280 }, '0, 0, 0'),
  io_uring: syscall({ x86_64: 425, aarch64: 425 }, '8, ctypes.create_string_buffer(120)'),
  [cores]: '[ "$(ulimit -H -c)" != 0 ]',
  userfaultfd: syscall({ x86_64: 323, aarch64: 282 }, '0'),
  'perf events': syscall({ x86_64: 298, aarch64: 241 }, '0, 0, -1, -1, 0'),
  'loading a module': syscall({ x86_64: 313, aarch64: 273 }, "0, b'', 0"),
  reboot: syscall({ x86_64: 169, aarch64: 142 }, '0, 0, 0, 0'),
  'setuid programs':
    "find / -xdev -perm /6000 -type f -not -path '/proc/*' -not -path '/workspace/*' 2>/dev/null | grep -q .",
};

/** gVisor's kernel has devices of its own and makes nodes for any number: what counts there is what they open. */
const deviceEscapesAtGvisor: typeof escapes = {
  'a device': 'ls /dev/sda /dev/vda /dev/kvm /dev/mem 2>/dev/null | grep -q .',
  'making a device': 'mknod /tmp/d b 8 0 && head -c 1 /tmp/d',
};

/** A line that succeeds unless the kernel answers EPERM or ENOSYS to a system call. */
function syscall(numbers: Record<'x86_64' | 'aarch64', number>, words: string): string {
  return `python3 -c "
import ctypes, errno, os, sys
number = {'x86_64': ${numbers.x86_64}, 'aarch64': ${numbers.aarch64}}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
got = libc.syscall(number, ${words})
sys.exit(1 if got < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS, errno.EACCES) else 0)"`;
}

const a15: Attack = {
  id: 'A15',
  title:
    'engine socket, capabilities, raw sockets, mounts, namespaces, devices, keyrings, bpf, io_uring, core files, settings of the kernel',
  control: 'plain',
  // A machine's kernel writes core files to the machine's own disk, whatever the limit: there only the pattern counts.
  attempt: (place) =>
    tryEscapes(
      place,
      Object.keys(escapes).filter((name) => place.isolation !== 'vm' || name !== cores),
    ),
};

async function tryEscapes(place: Place, names: readonly string[]): Promise<Variant[]> {
  const lines: typeof escapes = {
    ...escapes,
    ...(place.isolation === 'gvisor' ? deviceEscapesAtGvisor : {}),
  };
  const codes = await place.run(
    (tools, tried) => Promise.all(tried.map(async (line) => tools.sh(line))),
    names.map((name) => lines[name] ?? 'false'),
  );
  return names.map((name, index) =>
    variant(
      name,
      codes[index]?.code === 0 && `${name}: it succeeded`,
      codes[index]?.output.trim().split('\n').at(-1) || 'failed',
    ),
  );
}

const a16: Attack = {
  id: 'A16',
  title: 'data smuggled to an allowed venue host in a query, path, header, body, method or method override',
  setting: 'a host without an operation table',
  async attempt(place, world) {
    const asked = await smuggle(place, 'www.okx.com', '/api/v5/public/time');
    // What a venue hears beside the request is seen where a server of ours stands in its place.
    return [...asked, ...(await inHeaders(world.inNeighbour, world, 'api.ibkr.com', gatewayPath))];
  },
  async control(world) {
    const host = 'mirror.desk.test';
    const asked = await smuggle(world.inBox, host, '/open');
    return [...asked, ...(await inHeaders(world.inBox, world, host, '/open'))];
  },
};

const gatewayPath = '/v1/api/iserver/accounts';

/** A mark in each header that a client may say what it likes in, of requests that pass. */
async function inHeaders(place: Place, world: World, host: string, path: string): Promise<Variant[]> {
  const before = world.seen(`GET ${path}`).length;
  await assertWayIsOpen(place, host, path);
  if (world.seen(`GET ${path}`).length === before) throw new Error(`${host} is not the server of this test`);
  const mark = randomBytes(6).toString('hex');
  const fields = [
    (text: string) => `User-Agent: sdk/1 ${text}`,
    (text: string) => `Accept: application/json;v=${text}, application/x-${text}`,
    (text: string) => `Accept-Language: ${text}`,
    (text: string) => `Cookie: note=${text}`,
    (text: string) => `Referer: https://${text}.test/`,
    (text: string) => `X-Forwarded-For: ${text}`,
    (text: string) => `X-Note: ${text}`,
    (text: string) => `X-${text}: note`,
    (text: string) => `If-None-Match: "${text}"`,
    (text: string) => `Range: ${text}=0-1`,
  ];
  const sendings = fields.map((write, index) => {
    const line = write(`${mark}-${index}-`);
    const send = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${line}\r\n\r\n`;
    return { name: `in a header: ${line.split(':')[0]?.replace(mark, 'a')}`, host, send };
  });
  return arrivedOf(place, world, sendings, mark);
}

async function smuggle(place: Place, host: string, path: string): Promise<Variant[]> {
  await assertWayIsOpen(place, host, path);
  const mark = randomBytes(6).toString('hex');
  const call = (method: string, target: string, fields = '', body = '') =>
    `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;
  const sendings = [
    { name: 'an unknown parameter', send: call('GET', `${path}?note=${mark}`) },
    { name: 'a path below', send: call('GET', `${path}/${mark}`) },
    { name: 'another path', send: call('GET', `/${mark}`) },
    { name: 'another method', send: call('PUT', path, '', mark) },
    { name: 'an override', send: call('POST', path, 'X-HTTP-Method-Override: GET\r\n', mark) },
    { name: 'a matrix parameter', send: call('GET', `${path};n=${mark}`) },
    { name: 'an encoded slash', send: call('GET', `${path}%2f${mark}`) },
  ].map((one) => ({ ...one, host }));
  const answers = await sendAll(place, sendings);
  return sendings.map(({ name }, index) => {
    const [line = ''] = (answers[index] ?? '').split('\r\n');
    return variant(name, line.includes(' 200') && `${name}: it was taken`, line || 'no answer');
  });
}

/** Signs OKX requests in the box with what its environment holds; status of each. */
async function okxStatuses(
  place: Place,
  calls: readonly {
    method: string;
    target: string;
    body?: string;
    sign?: 'forged' | 'none';
    fields?: Record<string, string>;
    host?: string;
  }[],
): Promise<number[]> {
  return place.run(
    async (tools, list) => {
      const crypto = tools.require('node:crypto') as typeof import('node:crypto');
      const statuses: number[] = [];
      for (const { method, target, body = '', sign, fields = {}, host = 'www.okx.com' } of list) {
        const at = new Date().toISOString();
        const { OKX_SECRET_KEY = '', OKX_API_KEY = '', OKX_PASSPHRASE = '' } = process.env;
        const hmac = crypto
          .createHmac('sha256', OKX_SECRET_KEY)
          .update(at + method + target + body)
          .digest('base64');
        const lines = {
          'Content-Type': 'application/json',
          ...(sign === 'none'
            ? {}
            : {
                'OK-ACCESS-KEY': OKX_API_KEY,
                'OK-ACCESS-SIGN': sign === 'forged' ? crypto.randomBytes(32).toString('base64') : hmac,
                'OK-ACCESS-TIMESTAMP': at,
                'OK-ACCESS-PASSPHRASE': OKX_PASSPHRASE,
              }),
          ...fields,
          ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        };
        const head = Object.entries(lines)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('');
        const answer = await tools.tls({
          host,
          send: `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n${body}`,
        });
        statuses.push(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
      }
      return statuses;
    },
    [...calls],
  );
}

type Call = Parameters<typeof okxStatuses>[1][number] & { name: string };

/** Variants from venue calls of which none may be answered with success. */
async function refusedCalls(place: Place, calls: readonly Call[]): Promise<Variant[]> {
  const [control, ...statuses] = await okxStatuses(place, [
    { method: 'GET', target: '/api/v5/account/balance' },
    ...calls,
  ]);
  if (control !== 200) throw new Error(`a permitted call was answered ${control}`);
  return calls.map(({ name }, index) =>
    variant(name, statuses[index] === 200 && `${name}: it was answered`, `status ${statuses[index]}`),
  );
}

/** The weakened setting of the venue's cases: a host that has no table takes the same requests. */
const atMirror = (calls: readonly Call[]) => async (world: World) => {
  const mark = randomBytes(6).toString('hex');
  const host = 'mirror.desk.test';
  const sendings = calls.map(({ name, method, target, body = '' }, index) => ({
    name,
    host,
    send: `${method} ${target.split('?')[0]}?m=${mark}-${index}- HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  }));
  return arrivedOf(world.inBox, world, sendings, mark);
};

const order = JSON.stringify({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '0.001',
  px: '100',
});
const post = '/api/v5/trade/order';
const noTable = 'a host without an operation table';

const venueCases: readonly { id: string; title: string; calls: readonly Call[] }[] = [
  {
    id: 'C2',
    title: 'forged, foreign and missing signatures',
    calls: [
      { name: 'a random signature', method: 'GET', target: '/api/v5/account/balance', sign: 'forged' },
      { name: 'a random signature on an order', method: 'POST', target: post, body: order, sign: 'forged' },
      { name: 'no signature', method: 'POST', target: post, body: order, sign: 'none' },
      {
        name: 'two keys',
        method: 'GET',
        target: '/api/v5/account/balance',
        fields: { 'ok-access-key': 'other' },
      },
    ],
  },
  {
    id: 'C6',
    title: 'no route to a signature over chosen bytes',
    calls: [
      { name: 'an unknown path', method: 'GET', target: '/api/v5/account/whatever-i-like' },
      { name: 'a path of another venue', method: 'POST', target: '/api/v3/order', body: order },
      { name: 'bytes that are no JSON', method: 'POST', target: post, body: 'chosen bytes' },
      { name: 'JSON that is no object', method: 'POST', target: post, body: '"chosen"' },
    ],
  },
  {
    id: 'D6',
    title: 'withdrawals, transfers, keys, sub-accounts, loans',
    calls: [
      ['/api/v5/asset/withdrawal', { ccy: 'BTC', amt: '1', dest: '4', toAddr: 'x', chain: 'BTC-Bitcoin' }],
      ['/api/v5/asset/transfer', { ccy: 'USDT', amt: '1', from: '18', to: '6' }],
      ['/api/v5/users/subaccount/create-subaccount', { subAcct: 'x' }],
      ['/api/v5/users/subaccount/modify-apikey', { subAcct: 'x', apiKey: 'x', perm: 'trade' }],
      ['/api/v5/account/set-leverage', { instId: 'BTC-USDT', lever: '100', mgnMode: 'cross' }],
      ['/api/v5/finance/savings/purchase-redempt', { ccy: 'USDT', amt: '1', side: 'purchase' }],
    ].map(([target, body]) => ({
      name: String(target),
      method: 'POST',
      target: String(target),
      body: JSON.stringify(body),
    })),
  },
  {
    id: 'D7',
    title: 'a read that carries order or withdrawal parameters; a write that looks like a read',
    calls: [
      {
        name: 'order parameters on a read',
        method: 'GET',
        target: '/api/v5/account/balance?instId=BTC-USDT&side=buy&sz=1',
      },
      {
        name: 'an order as GET',
        method: 'GET',
        target: `${post}?instId=BTC-USDT&tdMode=cash&side=buy&ordType=market&sz=1`,
      },
      {
        name: 'a withdrawal as GET',
        method: 'GET',
        target: '/api/v5/asset/withdrawal?ccy=BTC&amt=1&dest=4&toAddr=x',
      },
      { name: 'a body on a read', method: 'GET', target: '/api/v5/account/balance', body: order },
    ],
  },
  {
    id: 'D8',
    title: 'unknown endpoints and methods on a venue’s host; method-override headers',
    calls: [
      { name: 'unknown GET', method: 'GET', target: '/api/v5/account/unheard-of' },
      { name: 'unknown POST', method: 'POST', target: '/api/v5/trade/unheard-of', body: '{}' },
      { name: 'DELETE', method: 'DELETE', target: '/api/v5/account/balance' },
      { name: 'an encoded letter', method: 'GET', target: '/api/v5/account/%62alance' },
      { name: 'two slashes', method: 'GET', target: '/api/v5//account/balance' },
      { name: 'a final slash', method: 'GET', target: '/api/v5/account/balance/' },
      { name: 'upper case', method: 'GET', target: '/API/V5/account/balance' },
      { name: 'another version', method: 'GET', target: '/api/v6/account/balance' },
      {
        name: 'an override to a transfer',
        method: 'POST',
        target: '/api/v5/asset/transfer',
        body: '{}',
        fields: { 'X-HTTP-Method-Override': 'GET' },
      },
    ],
  },
  {
    id: 'D9',
    title: 'every alternate host of a venue that the account is not for',
    calls: [
      'eea.okx.com',
      'us.okx.com',
      'my.okx.com',
      'ws.okx.com',
      'okx.com',
      'aws.okex.com',
      'www.okx.cab',
    ].map((host) => ({ name: host, method: 'POST', target: '/api/v5/asset/withdrawal', body: '{}', host })),
  },
];

const venueAttacks: readonly Attack[] = venueCases.map(({ id, title, calls }) => ({
  id,
  title,
  setting: noTable,
  attempt: (place) => refusedCalls(place, calls),
  control: atMirror(calls),
}));

const e8: Attack = {
  id: 'E8',
  title: 'fork bomb, memory, file descriptors: the host and other boxes live on',
  isApart: true,
  setting: 'a plain docker run, which sets no limit',
  isPlain: true,
  async attempt(place, world) {
    // gVisor's kernel is a process like others: past the limits it ends, and its box with it.
    const mayEnd = place.isolation === 'gvisor';
    const bomb = exhaust(place).catch((error: unknown) => {
      if (mayEnd) return [variant('the box itself', undefined, 'its kernel ended')];
      throw error;
    });
    const during = world.inNeighbour.sh('for i in 1 2 3 4 5; do true; done; echo alive');
    const [found, neighbour] = await Promise.all([bomb, during]);
    const host = docker('run', '--rm', '--entrypoint', 'echo', world.image, 'alive');
    const after = mayEnd ? undefined : await place.sh('echo alive');
    return [
      ...found,
      variant('the neighbour', neighbour.stdout.trim() !== 'alive' && 'it no longer answers', 'lives'),
      variant('the host', host !== 'alive' && 'it starts no container', 'starts containers'),
      variant(
        'the box afterwards',
        after !== undefined && after.stdout.trim() !== 'alive' && 'it is dead',
        after === undefined ? 'may end at this level' : 'lives',
      ),
    ];
  },
  control: (_world, plain) => exhaust(plain),
};

/** How far a container gets: processes, open files. More than a limit of ours is a gain. Memory is read from the kernel's own limit. */
async function exhaust(place: Place, processes = 1400, files = 20_000): Promise<Variant[]> {
  const result = await place.run(
    async (tools, { wanted, open }) => {
      const forks = await tools.sh(
        `python3 -c "
import os, time, signal
pids = []
try:
  while len(pids) < ${wanted}:
    pid = os.fork()
    if pid == 0:
      signal.pause()
    pids.append(pid)
except OSError:
  pass
print(len(pids))
for pid in pids: os.kill(pid, 9)
for pid in pids: os.waitpid(pid, 0)"`,
        20_000,
      );
      const descriptors = await tools.sh(
        `python3 -c "
import os
n = 0
try:
  while n < ${open}:
    os.dup(0); n += 1
except OSError:
  pass
os.write(1, str(n).encode())"`,
      );
      const memory = await tools.sh(
        // A machine's limit is what it has: its own groups are out of the agent's sight.
        `cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || awk '/MemTotal/ { print $2 * 1024 }' /proc/meminfo`,
      );
      return { forks: forks.output.trim(), files: descriptors.output.trim(), memory: memory.output.trim() };
    },
    { wanted: processes, open: files },
  );
  const memory = Number(result.memory);
  return [
    variant(
      'processes',
      Number(result.forks) >= processes && `${result.forks} processes`,
      `${result.forks} processes`,
    ),
    variant('open files', Number(result.files) >= files && `${result.files} files`, `${result.files} files`),
    variant(
      'memory',
      !(memory > 0 && memory < 1e12) && `limit: ${result.memory}`,
      `limit: ${memory / 2 ** 30} GB`,
    ),
  ];
}

export const boxAttacks: readonly Attack[] = [a15, a16, ...venueAttacks, floodAttack];
/** Leave the box without its sidecar, then perhaps without itself: to be made last. */
export const lastAttacks: readonly Attack[] = [a13, e8];
