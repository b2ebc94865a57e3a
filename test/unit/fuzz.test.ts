// The fuzzes, bounded: so many runs with a new seed each time, and every failure that was ever met. Long runs: `npm run fuzz`.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decoy, feedDecoy, feedSecret, host, secret } from '../fuzz/environment.js';
import { type Fuzz, keptSeeds, runFuzz } from '../fuzz/fuzz.js';
import { fuzzes } from '../fuzz/fuzzes.js';
import { converse, hear, permitted } from '../fuzz/http2.js';
import { frame, permittedUpgrade, talk } from '../fuzz/websocket.js';

test.each(fuzzes)('$name holds', { timeout: 60_000 }, async (fuzz) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failure } = await runFuzz(fuzz, { seed, runs: 400, milliseconds: 6000 });
  expect(failure).toBeUndefined();
});

test('failures that were met before stay mended', async () => {
  for (const { fuzz: name, seed, path } of keptSeeds()) {
    const fuzz = fuzzes.find((one) => one.name === name);
    expect(fuzz, name).toBeDefined();
    if (fuzz !== undefined) expect((await runFuzz(fuzz, { seed, runs: 400, path })).failure).toBeUndefined();
  }
});

test('control: a property that does not hold fails, with the seed to meet it again', async () => {
  const wrong: Fuzz = {
    name: 'wrong',
    property: () => fc.property(fc.nat(), (number) => number < 3),
  };
  const { failure } = await runFuzz(wrong, { seed: 1, runs: 400 });
  expect(failure).toMatch(/"fuzz":"wrong","seed":1/);
});

test('an upgrade that lost its field is a plain request to the sidecar that WebSockets are fuzzed through', async () => {
  const sent = Buffer.from(permittedUpgrade.toString('latin1').replace('Upgrade: websocket\r\n', ''));
  const { dialled, events } = await talk({ sent });
  expect(dialled).toEqual([`${host}:443`]);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'request.completed', error: 'UPSTREAM_UNREACHABLE' }),
  );
});

test('control: what is permitted passes through the sidecar that the byte fuzzes attack, and would show', async () => {
  const { dialled, up, down } = await converse([permitted]);
  expect([dialled, up.includes(secret), up.includes(decoy)]).toEqual([[`${host}:443`], true, false]);
  expect(down.includes('**')).toBe(true);
  const text = (payload: string, isMasked: boolean) =>
    frame({
      opcode: 1,
      isFinal: true,
      reserved: 0,
      payload: Buffer.from(payload),
      length: 'shortest',
      isMasked,
    });
  const socket = await talk({
    sent: Buffer.concat([permittedUpgrade, text('hello', true), text(`{"auth":"${feedDecoy}"}`, true)]),
    answered: text(`you are ${secret}`, false),
  });
  expect(socket.dialled).toEqual([`${host}:443`]);
  expect(socket.heads).toContain(secret);
  expect(socket.up.toString()).toBe(`hello{"auth":"${feedSecret}"}`);
  expect(socket.down.toString()).toContain(`you are ${'*'.repeat(secret.length)}`);
  expect(socket.events.filter(({ type }) => type === 'socket.closed')).toHaveLength(1);
});

test('control: an HTTP/2 upstream is heard by the one it answers, its head first; one that answers before it is asked is ended', async () => {
  const head = Buffer.from([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]);
  const content = Buffer.from([0, 0, 2, 0, 1, 0, 0, 0, 1, 0x68, 0x69]);
  const answer = Buffer.concat([head, content]);
  const unheard = { text: '', ends: 1, isGone: true };
  expect(await hear(answer)).toEqual([
    {
      text: 'HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
      ends: 1,
      isGone: true,
    },
    unheard,
  ]);
  expect(await hear(answer, [], false)).toEqual([unheard, unheard]);
});
