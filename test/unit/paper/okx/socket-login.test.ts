// The login of OKX's paper sockets refuses everything but the real key, signed and in time.
import { expect, test } from 'vitest';
import { paperOkx } from '../../../support/paper-exchange.js';
import { openOkxSocket } from '../../../support/paper-socket.js';

test('a login needs the real key, passphrase, time and signature', () => {
  const paper = paperOkx();
  const open = openOkxSocket(paper);
  const late = String(paper.clock.nowMs() / 1000 - 31);
  expect(open.login({ apiKey: 'x' }).code).toBe('60005');
  expect(open.login({ passphrase: 'x' }).code).toBe('60024');
  expect(open.login({ sign: 'x' }).code).toBe('60007');
  expect(open.login({ timestamp: late }).code).toBe('60006');
  expect(open.login({ timestamp: 'soon' }).code).toBe('60004');
  expect(open.login({ sign: '' }).code).toBe('60012');
  const order = { id: '1', op: 'order', args: [{}] };
  expect(open.say(order)[0]).toMatchObject({ event: 'error', code: '60011' });
  expect(open.login()).toMatchObject({ event: 'login', code: '0' });
  expect(openOkxSocket(paper, '/ws/v5/public').login().code).toBe('60012');
});
