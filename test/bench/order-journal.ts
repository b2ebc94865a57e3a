// An account's journal as so many orders leave it, for the orders' bench: six records an order, ending now.
import { mkdirSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { OrderEvent } from '../../src/audit/order-events.js';
import { encodeRecord, genesisHash, hashLine } from '../../src/audit/record.js';
import { defaultSegmentBytes, openSegment } from '../../src/audit/segment.js';

const perOrderMs = 500;
const side = (n: number) => (n % 2 === 0 ? 'buy' : 'sell');

/** Writes `events` records into a new directory. */
export function writeOrderJournal(directory: string, events: number): void {
  mkdirSync(directory, { mode: 0o700 });
  let [seq, prev, segment, size] = [0, genesisHash, 1, 0];
  let fd = openSegment(directory, segment, true);
  const orders = Math.ceil(events / 6);
  const startMs = Date.now() - orders * perOrderMs;
  for (let n = 0; n < orders; n += 1) {
    const at = new Date(startMs + n * perOrderMs).toISOString();
    let text = '';
    for (const event of orderEvents(n)) {
      if (seq === events) break;
      seq += 1;
      const line = encodeRecord({ seq, at, prev, event });
      prev = hashLine(line);
      text += `${line}\n`;
    }
    writeSync(fd, text);
    size += text.length;
    if (size < defaultSegmentBytes) continue;
    segment += 1;
    size = 0;
    fd = openSegment(path.join(directory), segment, true);
  }
}

function orderEvents(n: number): OrderEvent[] {
  const order = `o${n.toString(36).padStart(12, '0')}`;
  const clientOrderId = `tbx${hashLine(`client ${n}`).slice(0, 24)}`;
  const venueOrderId = String(700_000_000_000 + n);
  const price = String(49_500 + (n % 997));
  const intent = {
    venue: 'okx',
    account: 'okx-main',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: 'BTC-USDT-SWAP',
    side: side(n),
    type: 'limit',
    timeInForce: 'gtc',
    quantity: { value: '1', unit: 'contracts' },
    price,
    clientOrderId,
  } as const;
  const known = { venueOrderId, clientOrderId };
  return [
    {
      type: 'order.proposed',
      order,
      request: `r${n}`,
      operation: 'trade/order',
      fingerprint: hashLine(`print ${n}`),
      intents: [intent],
      notional: String(Number(price) / 100),
    },
    { type: 'order.judged', order, stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] },
    {
      type: 'order.releasing',
      order,
      request: `r${n}`,
      digest: hashLine(`digest ${n}`),
      clientOrderIds: [clientOrderId],
    },
    { type: 'order.sent', order },
    {
      type: 'order.answered',
      order,
      outcome: 'acknowledged',
      status: 200,
      outcomes: [{ state: 'accepted', ...known, code: '0' }],
    },
    {
      type: 'order.reconciled',
      order,
      outcomes: [{ state: 'filled', ...known, filled: '1', averagePrice: price, fee: '0.01' }],
    },
  ];
}
