// S9: the agent cannot reach the control channel, read or write the journal, or change the policy.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { docker, inspectBox } from '../support/docker.js';
import { runNode, testOnce, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

const lookFor = (home: string) =>
  `ls -d /run/tradebox/control.sock /journal ${home} 2>/dev/null; find / -xdev -name '*.sock' -not -path '/proc/*' 2>/dev/null; true`;

describe.skipIf(boxSkipReason())('S9', () => {
  const desk = useDesk('s09');

  test('neither socket, journal nor state directory exists in the box', async () => {
    const found = await desk.box.sh(lookFor(desk.home.home));
    expect(found.stdout.trim()).toBe('');
  });

  testOnce('control: the same look finds them in a container that was given them', () => {
    const { agent, sidecar } = inspectBox(desk.box.name);
    const { home } = desk.home;
    const words = ['--rm', '--volumes-from', sidecar.Id, '-v', `${home}:${home}:ro`, '--entrypoint', 'sh'];
    const found = docker('run', ...words, agent.Image, '-c', lookFor(home)).split('\n');
    expect(found).toEqual(expect.arrayContaining(['/journal', home]));
  });

  // What the sidecar listens on is the same whoever its neighbour is.
  testOnce(
    'no port of the sidecar but the documented ones answers: all below 10,000, and every 31st above',
    async () => {
      const { agent } = inspectBox(desk.box.name);
      const own = Object.values(agent.NetworkSettings.Networks)[0]?.IPAddress ?? '';
      const sidecar = own.replace(/\d+$/, (last) => String(Number(last) - 1));
      const program = `
const net = require('node:net');
const ports = Array.from({ length: 65535 }, (_, at) => at + 1).filter((port) => port < 10000 || port % 31 === 0);
const open = [];
const scan = async () => { for (let port = ports.pop(); port !== undefined; port = ports.pop()) await new Promise((next) => {
  const socket = net.connect(port, process.argv[1]); const end = (yes) => { if (yes) open.push(port); socket.destroy(); next(); };
  socket.setTimeout(3000, () => end(false)).on('connect', () => end(true)).on('error', () => end(false)); }); };
Promise.all(Array.from({ length: 128 }, scan)).then(() => console.log(JSON.stringify(open.sort((a, b) => a - b))));`;
      // Those of IB Gateway and TWS answer nobody: they close, and the journal says what was tried.
      const closing = [4001, 4002, 7496, 7497];
      const served = [53, 80, 443, 3128, 8443, 9443];
      const open = await runNode<number[]>(desk, program, sidecar);
      expect(open).toEqual([...served, ...closing].sort((a, b) => a - b));
    },
  );

  test('D17: what the agent says of itself changes nothing', async () => {
    const program = `fetch('http://tradebox.internal/', { method: 'POST', body: JSON.stringify({ op: 'shutdown', reason: 'x', mode: 'live', confirm: true }) })
      .then((a) => a.status, () => 0).then((status) => fetch('https://echo.tradebox.internal/').then((a) => console.log(JSON.stringify({ status, after: a.status }))))`;
    const { status, after } = await runNode<{ status: number; after: number }>(desk, program);
    expect([status >= 400 || status === 0, after]).toEqual([true, 200]);
  });

  testOnce('configuration inside the working directory is refused', async () => {
    for (const file of ['tradebox.yaml', 'guardrails.yaml']) {
      const workdir = desk.home.workdir({ [file]: 'version: 1\n' });
      const result = await desk.home.run([
        'run',
        'sh',
        workdir,
        '--paper',
        '--name',
        desk.home.boxName('s09c'),
        '--',
        '-c',
        'true',
      ]);
      expect(result.code, file).toBe(2);
    }
  });

  test('a link in the working directory resolves inside the box, not on the host', async () => {
    writeFileSync(path.join(desk.home.root, 'outside'), 'host only');
    await desk.box.sh(
      `ln -s ${path.join(desk.home.root, 'outside')} /workspace/link; ln -s / /workspace/root`,
    );
    expect((await desk.box.sh('cat /workspace/link')).code).not.toBe(0);
    expect((await desk.box.sh(`ls /workspace/root${desk.home.root}`)).code).not.toBe(0);
    expect(readdirSync(desk.workdir)).toContain('link');
  });
});
