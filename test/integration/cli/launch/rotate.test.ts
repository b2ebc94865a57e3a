// A secret is replaced while a box runs: the next request carries the new value, the agent sees neither, and nothing is restarted.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../../../support/box.js';
import { hostAddress, inspectBox } from '../../../support/docker.js';
import { TestHome } from '../../../support/home.js';
import { plainShell } from '../../../support/profiles.js';
import { skipReason } from '../../../support/requirements.js';
import { makeCertificate } from '../../../support/throwaway-ca.js';

const host = 'rotate.desk.test';
const fresh = () => `sk-real-${randomBytes(18).toString('base64url')}`;
const [first, second] = [fresh(), fresh()];
const env = { TRADEBOX_PASSPHRASE: randomBytes(12).toString('hex') };

describe.skipIf(skipReason('docker', 'openssl'))('secrets rotate', () => {
  const ca = makeCertificate([host]);
  let received = '';
  /** What the endpoint reflects. */
  const said = [first];
  const server: Server = createServer({ key: ca.key, cert: ca.cert }, (request, response) => {
    received = request.headers.authorization ?? '';
    response.end(`known: ${said.join(' ')}`);
  });
  let home: TestHome;
  let box: Box;
  let configOf: (source: string) => string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as { port: number };
    home = new TestHome();
    home.writeProfile('sh', plainShell);
    const caFile = home.writePrivate('ca.pem', ca.ca);
    configOf = (source) => `version: 1
credentials:
  ${source.startsWith('vault:') ? 'model' : 'elsewhere'}: { hosts: [${host}], bearer: true, value: "${source}", env: [MODEL_KEY], llm: true }
pins:
  - { host: ${host}, address: ${hostAddress()}, port: ${port}, ca: ${caFile}, reason: endpoint of this test }
`;
    home.writeConfig(configOf('vault:model'));
    await home.ok(['secrets', 'set', 'model', '--from-stdin'], { input: first, env });
    const workdir = home.workdir();
    box = await startBox(home, { profile: 'sh', workdir, hint: 'rotate', args: ['-c', 'sleep 600'], env });
  }, imageBuildTimeoutMs);
  afterAll(async () => {
    server.close();
    await home?.dispose();
  });
  const ask = () =>
    box
      .sh(`curl -sS -m 20 https://${host}/ -H "authorization: Bearer $MODEL_KEY"`)
      .then(({ stdout }) => stdout);
  const rotate = (input: string) =>
    home.run(['secrets', 'rotate', 'model', '--from-stdin', '--json'], { input, env });

  test('the running sidecar switches; old and new are scrubbed; the value stands nowhere', async () => {
    expect(await ask()).toMatch(/^known: \*+$/);
    expect(received).toBe(`Bearer ${first}`);
    const before = inspectBox(box.name);
    const { code, stdout } = await rotate(second);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { names: ['model'], boxes: [{ box: box.name, uses: ['model'], problem: null }] },
    ]);
    said.push(second);
    const text = await ask();
    expect(received).toBe(`Bearer ${second}`);
    expect([text.includes(first), text.includes(second)]).toEqual([false, false]);
    const after = inspectBox(box.name);
    expect([after.sidecar.Id, after.agent.Id]).toEqual([before.sidecar.Id, before.agent.Id]);
    const journal = JSON.stringify(await box.journal());
    expect(journal).toContain('"type":"secret.rotated","credential":"model"');
    for (const place of [journal, home.transcript.join('\n'), JSON.stringify(after)])
      for (const value of [first, second]) expect(place).not.toContain(value);
  });

  test('a value that lies elsewhere is read again at its source, as often as it changes there', async () => {
    const file = home.writePrivate('elsewhere', fresh());
    const elsewhere = home.writePrivate('elsewhere.yaml', configOf(`file:${file}`));
    const options = ['--config', elsewhere];
    const workdir = home.workdir();
    const args = ['-c', 'sleep 600'];
    const other = await startBox(home, { profile: 'sh', workdir, hint: 'reread', args, options, env });
    const sent = async () => {
      await other.sh(`curl -sS -m 20 https://${host}/ -H "authorization: Bearer $MODEL_KEY"`);
      return received;
    };
    const reread = () => home.run(['secrets', 'rotate', 'elsewhere', '--reread', '--json'], { env });
    const same = await reread();
    expect([same.code, same.stdout.includes('has already')]).toEqual([2, true]);
    const next = fresh();
    writeFileSync(file, next);
    const { code, stdout } = await reread();
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { names: ['elsewhere'], boxes: [{ box: other.name, uses: ['elsewhere'], problem: null }] },
    ]);
    expect(await sent()).toBe(`Bearer ${next}`);
    rmSync(file);
    expect((await reread()).code).toBe(2);
    expect(await sent()).toBe(`Bearer ${next}`);
    const unknown = await home.run(['secrets', 'rotate', 'nothing', '--reread'], { env });
    expect([unknown.code, unknown.stderr.includes('no running box has')]).toEqual([2, true]);
    await home.ok(['stop', other.name]);
  });

  test('S11: the old value cannot come back, a name that is not there is refused, and what was there stays', async () => {
    const back = await rotate(first);
    expect([back.code, back.stderr.includes('held already')]).toEqual([2, true]);
    await ask();
    expect(received).toBe(`Bearer ${second}`);
    await home.ok(['restart', box.name], { env });
    await ask();
    expect(received, 'the vault has not taken it either').toBe(`Bearer ${second}`);
    const unknown = await home.run(['secrets', 'rotate', 'nothing', '--from-stdin'], { input: second, env });
    expect([unknown.code, unknown.stderr.includes('no secret named nothing')]).toEqual([2, true]);
    const argument = await home.run(['secrets', 'rotate', 'model', second], { env });
    expect([argument.code, argument.stderr.includes(second)]).toEqual([2, false]);
  });
});
