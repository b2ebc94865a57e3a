// A name that lies: `rebind.desk.test` resolves, for the sidecar, to a private address where somebody listens (A9).
import { docker, inspectBox } from '../../support/docker.js';
import type { World } from './world.js';

/** A container beside the sidecar whose address `rebind.desk.test` has, for the name servers that the sidecar asks. */
export async function withLiar<T>(world: World, act: (heard: () => string) => Promise<T>): Promise<T> {
  const { sidecar } = inspectBox(world.box.name);
  const egress = Object.keys(sidecar.NetworkSettings.Networks).find((name) => name.endsWith('-egress'));
  if (egress === undefined) throw new Error('the sidecar has no egress network');
  const helpers: string[] = [];
  const start = async (words: readonly string[], command: readonly string[]): Promise<string> => {
    const [program = '', ...args] = command;
    const id = docker('run', '-d', ...words, '--user', '0', '--entrypoint', program, world.image, ...args);
    helpers.push(id);
    for (let tries = 0; tries < 100 && !docker('logs', id).includes('ready'); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return id;
  };
  const listen = `require('node:net').createServer((s) => { console.log('dialled'); s.destroy(); }).listen(443, '0.0.0.0', () => console.log('ready'))`;
  try {
    const liar = await start(
      ['--network', egress, '--network-alias', 'rebind.desk.test'],
      ['node', '-e', listen],
    );
    const servers = docker('exec', sidecar.Id, 'node', '-p', "require('dns').getServers().join(' ')").trim();
    if (servers !== '127.0.0.11') {
      // No name server of the engine's, which would know the alias: the liar's own, at the addresses of those that the sidecar asks.
      const [address = ''] = docker(
        'inspect',
        '-f',
        '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
        liar,
      ).split('\n');
      const inSidecar = ['--network', `container:${sidecar.Id}`, '--cap-add', 'NET_ADMIN'];
      await start(inSidecar, [
        'sh',
        '-c',
        `${addressesOnLoopback} && exec node -e "$0" "$@"`,
        lyingServer,
        address,
        ...servers.split(' '),
      ]);
    }
    return await act(() => docker('logs', liar).replace('ready', '').trim());
  } finally {
    for (const id of helpers) docker('rm', '-f', id);
  }
}

/** A shell's command that gives the loopback interface the addresses from its second argument on (SIOCSIFADDR; netdevice(7)). */
const addressesOnLoopback = `perl -MSocket -e 'shift; socket S, AF_INET, SOCK_DGRAM, 0 or die; my $n; ioctl S, 0x8916, pack("a16 S n a4 x8", "lo:".++$n, AF_INET, 0, inet_aton($_)) or die $! for @ARGV' "$@"`;

/** Answers every question for an IPv4 address with its first argument, at the others. */
const lyingServer = `const [address, ...places] = process.argv.slice(1);
const bound = places.map((place) => new Promise((resolve) => {
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (query, from) => {
    let end = 12;
    while (query[end] > 0) end += query[end] + 1;
    const question = query.subarray(12, end + 5);
    const isA = query.readUInt16BE(end + 1) === 1;
    const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
    socket.send(Buffer.concat([head, question, ...(isA ? [record] : [])]), from.port, from.address);
  });
  socket.bind(53, place, resolve);
}));
Promise.all(bound).then(() => console.log('ready'));`;
