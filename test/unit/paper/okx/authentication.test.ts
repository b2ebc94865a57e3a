// The paper exchange checks what OKX checks, with OKX's codes and HTTP statuses.
import { describe, expect, test } from 'vitest';
import { OkxError } from '../../../../src/paper/okx/answers.js';
import { authenticate } from '../../../../src/paper/okx/authentication.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx, paperStartMs } from '../../../support/paper-exchange.js';
import { asReal, makeDecoys } from '../../../support/venue-requests.js';

const target = 'account/balance?ccy=BTC';
const answerTo = (more: Record<string, string>) => {
  const paper = paperOkx();
  const { status, code, msg } = paper.handle(paper.sign('GET', target, '', more));
  return { status, code, msg };
};
const at = (shiftMs: number) => ({ 'OK-ACCESS-TIMESTAMP': new Date(paperStartMs + shiftMs).toISOString() });

test('a well signed request is answered', () =>
  expect(answerTo({})).toMatchObject({ status: 200, code: '0' }));

describe('errors of the whole request', () => {
  test.each([
    ['no key', { 'OK-ACCESS-KEY': '' }, '50103'],
    ['no passphrase', { 'OK-ACCESS-PASSPHRASE': '' }, '50104'],
    ['another passphrase', { 'OK-ACCESS-PASSPHRASE': 'Wrong-1a' }, '50105'],
    ['no signature', { 'OK-ACCESS-SIGN': '' }, '50106'],
    ['a key that is none', { 'OK-ACCESS-KEY': 'OKX_API_KEY' }, '50111'],
    ['a key nobody has', { 'OK-ACCESS-KEY': makeDecoys(okx).apiKey! }, '50119'],
    ['a time that is none', { 'OK-ACCESS-TIMESTAMP': '1795000000' }, '50112'],
    ['a time 31 seconds old', at(-31_000), '50102'],
    ['a time 31 seconds ahead', at(31_000), '50102'],
    ['another signature', { 'OK-ACCESS-SIGN': 'AAAA' }, '50113'],
    ['the live environment', { 'x-simulated-trading': '0' }, '50101'],
    ['no environment', { 'x-simulated-trading': '' }, '50101'],
  ])('%s', (_, more, code) => expect(answerTo(more)).toMatchObject({ status: 401, code }));

  test('no timestamp', () => {
    const paper = paperOkx();
    const signed = paper.sign('GET', target);
    const headers = signed.headers.filter(([name]) => name !== 'OK-ACCESS-TIMESTAMP');
    expect(paper.handle({ ...signed, headers })).toMatchObject({ status: 401, code: '50107' });
  });

  test('a signature over other bytes: path, query, method, body', () => {
    const paper = paperOkx();
    const signed = paper.sign('POST', 'trade/order', '{"instId":"BTC-USDT"}');
    for (const spoilt of [
      { ...signed, body: Buffer.from('{"instId":"ETH-USDT"}') },
      { ...signed, path: '/api/v5/trade/cancel-order' },
      { ...signed, query: 'a=b' },
      { ...signed, method: 'GET' },
    ]) {
      expect(paper.handle(spoilt)).toMatchObject({ status: 401, code: '50113' });
    }
  });

  test('30 seconds either way pass', () => {
    expect(answerTo(at(-30_000)).code).toBe('0');
    expect(answerTo(at(30_000)).code).toBe('0');
  });
});

test('each account has its own key, and the message quotes nothing of it', () => {
  const paper = paperOkx();
  const other = { venue: 'okx', id: 'other', secrets: asReal(makeDecoys(okx)) };
  const own = { venue: 'okx', id: 'own', secrets: asReal(paper.secrets) };
  expect(authenticate(paper.sign('GET', target), [other, own], paperStartMs).id).toBe('own');
  try {
    authenticate(paper.sign('GET', target), [other], paperStartMs);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(OkxError);
    for (const value of Object.values(paper.secrets))
      expect((error as OkxError).message).not.toContain(value);
  }
});
