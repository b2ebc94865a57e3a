// What is searched in messages to hosts that are no venue's, without a socket.
import { expect, test } from 'vitest';
import { CanaryWatch } from '../../../../src/sidecar/canary-watch.js';
import { DecoySearch } from '../../../../src/sidecar/decoy-search.js';
import { RequestRates } from '../../../../src/sidecar/request-rates.js';
import { createPlainScreen, plainMessageBytes } from '../../../../src/sidecar/websocket/plain-screen.js';
import { rule } from '../../../support/pipeline-world.js';
import { host, random } from '../../../support/relay-box.js';

const decoy = random('plain-decoy');
const decoys = new DecoySearch({ decoys: [{ id: 'x', value: decoy }] });
const here = () => false;
const screen = (isLlm: boolean, maxBodyBytes?: number, canary?: CanaryWatch) =>
  createPlainScreen(
    { id: 'r1', host, rule: maxBodyBytes === undefined ? undefined : ({ maxBodyBytes } as never) },
    {
      decoys,
      credentials: { isLlm: () => isLlm, plainFor: () => [] } as never,
      ...(canary === undefined ? {} : { canary }),
    },
    () => decoys.newSpellingMasker(),
  );

test('a decoy is found whole, across messages and in control frames, but not where a model reads', () => {
  const judge = screen(false);
  expect(judge.fromAgent(Buffer.from('hello'), false, here)).toMatchObject({ kind: 'forward' });
  expect(judge.fromAgent(Buffer.from(decoy.slice(0, 8)), false, here)).toMatchObject({ kind: 'forward' });
  expect(judge.fromAgent(Buffer.from(decoy.slice(8)), true, here)).toMatchObject({
    kind: 'refuse',
    denied: { code: 'DECOY_MISPLACED', taint: 'decoy-misuse' },
  });
  expect(screen(false).control(Buffer.from(decoy))).toMatchObject({ code: 'DECOY_MISPLACED' });
  expect(screen(true).control(Buffer.from(decoy))).toBeUndefined();
  expect(screen(true).fromAgent(Buffer.from(decoy), false, here)).toMatchObject({ kind: 'forward' });
});

test('a decoy in a mixed form is found in a message and in a control frame, and another text is not', () => {
  const mixed = (text: string) =>
    `{"note":"${[...text].map((char, index) => (index % 2 ? char : `\\u00${char.charCodeAt(0).toString(16)}`)).join('')}"}`;
  const lines = (text: string) =>
    Buffer.from(`${'x'.repeat(50)}${text}`)
      .toString('base64')
      .replace(/.{76}/g, '$&\n');
  for (const form of [mixed, lines]) {
    const judge = (text: string) => screen(false).fromAgent(Buffer.from(form(text)), false, here);
    expect(judge(random('another'))).toMatchObject({ kind: 'forward' });
    expect(judge(decoy)).toMatchObject({ kind: 'refuse', denied: { code: 'DECOY_MISPLACED' } });
    // A long message after others, as the beginning of a streamed body.
    const later = screen(false);
    expect(later.fromAgent(Buffer.alloc(70_000, 'a '), false, here)).toMatchObject({ kind: 'forward' });
    const long = Buffer.from(`${form(decoy)}${'\nb'.repeat(40_000)}`);
    expect(later.fromAgent(long, false, here)).toMatchObject({
      kind: 'refuse',
      denied: { code: 'DECOY_MISPLACED' },
    });
    expect(screen(false).control(Buffer.from(form(decoy)))).toMatchObject({ code: 'DECOY_MISPLACED' });
    expect(screen(true).fromAgent(Buffer.from(form(decoy)), false, here)).toMatchObject({ kind: 'forward' });
  }
});

test('the canary’s text in messages to a model is heard, and let through', () => {
  const read: string[] = [];
  const judge = screen(true, undefined, new CanaryWatch(decoy, false, (request) => read.push(request)));
  for (const half of [decoy.slice(0, 9), decoy.slice(9)])
    expect(judge.fromAgent(Buffer.from(half), false, here)).toMatchObject({ kind: 'forward' });
  expect(read).toEqual(['r1']);
});

test('the rule’s cap counts for a message', () => {
  expect(screen(false, 10).maxMessageBytes).toBe(10);
  expect(screen(false).maxMessageBytes).toBe(plainMessageBytes);
});

test('a message counts against the caps of the rule in force: its bytes as a body, itself as a request', () => {
  const [former, now] = [
    rule(host, { origin: 'old' }),
    rule(host, { maxBodyBytes: 4, requestsPerMinute: 2, origin: 'new' }),
  ];
  const exchange = { id: 'r1', host, rule: former };
  const rates = new RequestRates();
  const judge = createPlainScreen(
    exchange,
    {
      decoys,
      credentials: { isLlm: () => true, plainFor: () => [] } as never,
      takeRequest: (one) => rates.take(one, 0),
    },
    () => decoys.newSpellingMasker(),
  );
  const say = (text: string) => judge.fromAgent(Buffer.from(text), false, here);
  for (let sent = 0; sent < 5; sent += 1) expect(say('hello')).toMatchObject({ kind: 'forward' });
  exchange.rule = now;
  const refused = (code: string) => ({ kind: 'refuse', denied: { code, rule: 'new' } });
  // What does not leave is not counted, nor is a ping.
  expect(say('hello')).toMatchObject(refused('BODY_OVER_CAP'));
  expect(judge.control(Buffer.from('hello'))).toBeUndefined();
  expect([say('hell'), say('o')]).toMatchObject([{ kind: 'forward' }, { kind: 'forward' }]);
  expect(say('!')).toMatchObject(refused('RATE_EXCEEDED'));
});
