// S2: no real secret in any engine object, log, journal, crash text or temporary file; a sidecar that dies leaves no core.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { docker, inspectBox } from '../support/docker.js';
import { engineViews, fileSystems, filesBelow, hunt, place, recentFiles } from '../support/hunt.js';
import { useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

const value = `sk-real-${randomBytes(18).toString('base64url')}`;
const config = `version: 1
credentials:
  model:
    hosts: [model.example.com]
    bearer: true
    value: env:S02_MODEL_KEY
    env: [MODEL_KEY]
    llm: true
`;

describe.skipIf(boxSkipReason())('S2', () => {
  process.env.S02_MODEL_KEY = value;
  const startedMs = Date.now();
  const desk = useDesk('s02', {}, () => config);
  function* places() {
    yield* engineViews(desk.box.name);
    yield* filesBelow(desk.home.root, 'test home');
    yield* recentFiles(tmpdir(), startedMs);
    yield place('CLI output', desk.home.transcript.join('\n'));
  }

  test('the value is nowhere after a box was made, used and listed', async () => {
    await desk.box.sh('curl -sS -m 5 https://model.example.com/ -H "authorization: Bearer $MODEL_KEY"');
    await desk.home.run(['ps', '--json']);
    await desk.home.run(['audit', 'show', desk.box.name]);
    expect(hunt({ model: value }, places())).toEqual([]);
    expect(hunt({ model: value }, fileSystems(desk.box.name))).toEqual([]);
  });

  test('the value is nowhere after the sidecar was killed in the middle; it may write no core file', async () => {
    const { sidecar } = inspectBox(desk.box.name);
    expect(docker('exec', sidecar.Id, 'sh', '-c', 'ulimit -c')).toBe('0');
    docker('kill', '--signal', 'KILL', sidecar.Id);
    await expect.poll(() => docker('inspect', '-f', '{{.State.Running}}', sidecar.Id)).toBe('false');
    expect(hunt({ model: value }, places())).toEqual([]);
  });

  test('control: the same hunt finds the value in a file of the test home', () => {
    desk.home.writePrivate('planted', Buffer.from(value).toString('base64'));
    expect(hunt({ model: value }, places()).length).toBeGreaterThan(0);
  });
});
