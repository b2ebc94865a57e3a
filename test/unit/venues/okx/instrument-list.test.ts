import { expect, test } from 'vitest';
import { instruments, inverseFutures, inverseSwaps } from '../../../../src/paper/engine/instruments.js';
import { hosts } from '../../../../src/venues/okx/hosts.js';
import { instrumentSource } from '../../../../src/venues/okx/instrument-list.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';

const answer = (data: unknown, code = '0') => Buffer.from(JSON.stringify({ code, data, msg: '' }));

test('the exchange’s own answers give every number its instrument, over public reads', () => {
  const paper = paperOkx();
  const requests = instrumentSource.requests('demo');
  for (const request of requests) {
    expect(hosts.map(({ host }) => host)).toContain(request.host);
    expect(okx.classify(request)).toMatchObject({ class: 'read', isPublic: true });
  }
  const answers = requests.map(({ path, query }) =>
    answer(paper.get(`${path.replace('/api/v5/', '')}?${query}`).data),
  );
  const list = instrumentSource.read(answers);
  expect(list?.get('1')).toBe('BTC-USDT');
  expect(list?.size).toBe(instruments.length + inverseSwaps.length + inverseFutures.length);
});

test('a number with two meanings has none; rows without a number are skipped', () => {
  const rows = [
    { instId: 'A-B', instIdCode: 1 },
    { instId: 'C-D', instIdCode: '1' },
    { instId: 'E-F', instIdCode: 2 },
    { instId: 'G-H', instIdCode: null },
    { instId: 'I-J', instIdCode: -1 },
  ];
  expect([...(instrumentSource.read([answer(rows)]) ?? [])]).toEqual([['2', 'E-F']]);
});

test('what OKX does not document is no list', () => {
  const good = answer([{ instId: 'A-B', instIdCode: 1 }]);
  for (const bad of [answer([]), answer([], '50001'), answer({}), Buffer.from('<html>')]) {
    expect(instrumentSource.read([bad])).toBeUndefined();
  }
  expect(instrumentSource.read([good, Buffer.from('[]')])).toBeUndefined();
});
