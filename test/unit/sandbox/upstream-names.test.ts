// When a sidecar asks the engine's name servers itself, and when the engine must ask for it.
import { expect, test } from 'vitest';
import { canAskUpstream, upstreamServers } from '../../../src/sandbox/upstream-names.js';

const engine = { hostName: 'here', kernel: '6.1.0' };

const machine = (files: Readonly<Record<string, string>>) => ({
  hostName: 'here',
  kernel: '6.1.0',
  read: (path: string) => files[path],
});
const etc = '/etc/resolv.conf';
const resolved = '/run/systemd/resolve/resolv.conf';

test.each([
  [
    'a server of the network',
    { [etc]: '# from DHCP\nsearch lan\nnameserver 192.168.1.1\noptions edns0\n' },
    true,
  ],
  ['two of them', { [etc]: 'nameserver 9.9.9.9\nnameserver\t10.0.0.2\n' }, true],
  ['systemd-resolved', { [etc]: 'nameserver 127.0.0.53\n', [resolved]: 'nameserver 10.0.0.2\n' }, true],
  ['systemd-resolved that tells nothing', { [etc]: 'nameserver 127.0.0.53\n' }, false],
  [
    'systemd-resolved before another loopback server',
    { [etc]: 'nameserver 127.0.0.53', [resolved]: 'nameserver 127.0.0.1' },
    false,
  ],
  ['a server on this machine', { [etc]: 'nameserver 127.0.0.1\n' }, false],
  ['one of two on this machine', { [etc]: 'nameserver 10.0.0.2\nnameserver 127.0.0.1\n' }, false],
  ['the address of any', { [etc]: 'nameserver 0.0.0.0\n' }, false],
  ['IPv6, which sidecars have not', { [etc]: 'nameserver 10.0.0.2\nnameserver fd00::1\n' }, false],
  ['over TCP only', { [etc]: 'nameserver 10.0.0.2\noptions edns0 use-vc trust-ad\n' }, false],
  ['over TCP only, in the words of c-ares', { [etc]: 'options usevc\nnameserver 10.0.0.2' }, false],
  [
    'over TCP only behind systemd-resolved',
    { [etc]: 'nameserver 127.0.0.53\n', [resolved]: 'nameserver 10.0.0.2\noptions use-vc' },
    false,
  ],
  [
    'an option said of the forwarder alone',
    { [etc]: 'nameserver 127.0.0.53\noptions use-vc\n', [resolved]: 'nameserver 10.0.0.2' },
    true,
  ],
  ['no server', { [etc]: '# nameserver 10.0.0.2\n' }, false],
  ['no file', {}, false],
])('%s', (_name, files, expected) => {
  expect(canAskUpstream(engine, machine(files))).toBe(expected);
});

test('the files of this machine say nothing about an engine elsewhere', () => {
  const here = machine({ [etc]: 'nameserver 10.0.0.2\n' });
  expect(canAskUpstream({ ...engine, hostName: 'docker-desktop' }, here)).toBe(false);
  expect(canAskUpstream({ ...engine, kernel: '6.1.0-linuxkit' }, here)).toBe(false);
});

test("the servers are the engine's, in its order", () => {
  const servers = upstreamServers(
    machine({ [etc]: 'nameserver 127.0.0.53\n', [resolved]: 'nameserver 10.0.0.2\nnameserver 9.9.9.9' }),
  );
  expect(servers).toEqual(['10.0.0.2', '9.9.9.9']);
});
