// S1: no real secret exists in the agent container.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectBox } from '../support/docker.js';
import { agentFiles, agentProc, agentProcesses, fileSystems, hunt, type Place } from '../support/hunt.js';
import { runLines, useDesk } from '../support/paper-desk.js';
import { boxSkipReason, suiteLevel } from '../support/requirements.js';

const vaultValue = `sk-real-${randomBytes(18).toString('base64url')}`;

const config = `version: 1
credentials:
  model:
    hosts: [model.example.com]
    bearer: true
    value: env:S01_MODEL_KEY
    env: [MODEL_KEY]
    llm: true
`;

describe.skipIf(boxSkipReason())('S1', () => {
  process.env.S01_MODEL_KEY = vaultValue;
  const desk = useDesk('s01', {}, () => config);
  function* places() {
    yield* agentProcesses(desk.box.name);
    yield* agentProc(desk.box.name);
    yield* fileSystems(desk.box.name);
  }

  test('the variable the agent reads holds a decoy', async () => {
    const { stdout } = await desk.box.sh('printf %s "$MODEL_KEY"');
    expect(stdout).toMatch(/^decoy-[0-9a-f]{40}$/);
  });

  test('the real value is in no process and no file of the box', () => {
    expect(hunt({ model: vaultValue }, places())).toEqual([]);
  });

  test('control: the same hunt finds a value that is planted in the box: in files anywhere, in an environment', async () => {
    const hex = Buffer.from(vaultValue).toString('hex');
    const found = (by: (box: string) => Iterable<Place>) =>
      hunt({ model: vaultValue }, by(desk.box.name)).map(({ place }) => place);
    for (const directory of ['/tmp', '/dev/shm', '/home/agent']) {
      await desk.box.sh(`printf %s ${hex} > ${directory}/planted`);
      expect(found(agentFiles), directory).not.toEqual([]);
      // What lies in a machine's memory comes to its disk later.
      const isExported = directory === '/home/agent' && suiteLevel() !== 'vm';
      if (isExported) expect(found(fileSystems)).toContain('docker export agent');
      await desk.box.sh(`rm ${directory}/planted`);
      expect(found(agentFiles), `${directory}, once it is gone`).toEqual([]);
    }
    const holder = desk.box.sh(`PLANTED=${hex} sh -c 'echo $$ > /tmp/holder; exec sleep 100'`);
    await expect.poll(() => found(agentProc), { timeout: 60_000 }).not.toEqual([]);
    await desk.box.sh('kill $(cat /tmp/holder)');
    await holder;
  });

  // Of the memory of others only root reads.
  test.skipIf(process.getuid?.() !== 0)('control: it finds a value that is in memory alone', async () => {
    // Neither an argument nor a variable: what the program is given is spelled as nothing is hunted for.
    const mirrored = [...vaultValue].map((sign) => sign.charCodeAt(0) ^ 1).join(',');
    const program = `const held = Buffer.from([${mirrored}].map((code) => code ^ 1));
require('node:fs').writeFileSync('/tmp/memory-holder', String(process.pid)); setTimeout(() => held.length, 200_000);`;
    const holder = desk.box.exec(['node', '-e', program]);
    await desk.box.sh('until [ -s /tmp/memory-holder ]; do sleep 0.2; done', { timeoutMs: 60_000 });
    const found = hunt({ model: vaultValue }, agentProcesses(desk.box.name)).map(({ place }) => place);
    await desk.box.sh('kill $(cat /tmp/memory-holder)');
    await holder;
    expect(found).not.toEqual([]);
    for (const place of found) expect(place).toMatch(/^memory of /);
  });

  test('the mount is the working directory; beside it the certificate, the flag and the resolver, which it cannot write', async () => {
    const { agent } = inspectBox(desk.box.name);
    // Within the working directory only what shields parts of it (S13).
    const places = agent.Mounts.map(({ Destination }) => Destination);
    expect(places).toContain('/workspace');
    const besides = places.filter((place) => !/^\/workspace(\/|$)/.test(place));
    // A machine is handed them by its serial line, onto its own disk.
    const isMachine = suiteLevel() === 'vm';
    expect(besides.sort()).toEqual(isMachine ? [] : ['/etc/resolv.conf', '/run/tradebox']);
    // Lines run side by side: what is there is asked before anything is written beside it, which in a machine is possible.
    const [listed, keys] = await runLines(desk, [
      'ls -A /run/tradebox | tr "\\n" " "',
      'grep -c PRIVATE /etc/ssl/certs/ca-certificates.crt',
    ]);
    const writes = await runLines(desk, [
      'touch /run/tradebox/x',
      'rm -f /run/tradebox/ready',
      'true > /run/tradebox/ca.pem',
      'echo >> /etc/resolv.conf',
    ]);
    expect(listed?.stdout).toBe(isMachine ? 'cacerts ready ' : 'ca.pem cacerts ready resolv.conf ');
    expect(keys?.stdout).toBe('0\n');
    expect(writes).toHaveLength(4);
    if (isMachine) return;
    expect(writes.map(({ code }) => code)).not.toContain(0);
    // What answers "read-only" may have emptied this machine's file all the same.
    const source = agent.Mounts.find(({ Destination }) => Destination === '/run/tradebox')?.Source ?? '';
    expect(readFileSync(path.join(source, 'ca.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
