// Alpaca's binary messages: market data in MessagePack where the upgrade asks for it, the trading stream's JSON in binary frames.
// Sources: docs.alpaca.markets "Streaming Market Data", "Websocket Streaming" (binary frames); SDK 4.0.2 streaming/timestamp.ts.
import { decode, encode } from '@msgpack/msgpack';
import type { BinaryFrames } from '../dialect.js';

/** Members that are times: MessagePack's own extension in market data, text in JSON. */
const times: ReadonlySet<string> = new Set(['t', 'created_at', 'updated_at']);

export const messagePackFrames: BinaryFrames = {
  read(data) {
    try {
      return JSON.stringify(decode(data));
    } catch {
      return undefined;
    }
  },
  write(text) {
    return encode(
      JSON.parse(text, (name, value: unknown) =>
        times.has(name) && typeof value === 'string' ? new Date(value) : value,
      ),
    );
  },
};

/** Clients send text, and get the same text in binary frames. */
export const jsonFrames: BinaryFrames = { write: (text) => Buffer.from(text) };
