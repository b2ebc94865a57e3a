// Between the bytes of a message on a venue's socket and the text that the venue's leaf reads: as they are, or MessagePack.
import { formatStrictJson, parseStrictJson } from '../../venues/json-strict.js';
import { packMessage } from '../../venues/msgpack.js';
import { parseStrictMessage } from '../../venues/msgpack-strict.js';
import type { SocketSession } from '../../venues/venue.js';

type Encoding = SocketSession['encoding'];

/** The text of a client's message, of MessagePack the JSON of the same values; or why there is none. */
export function readMessage(
  data: Buffer,
  isBinary: boolean,
  encoding: Encoding,
): string | { code: 'BINARY_MESSAGE' | 'TEXT_MESSAGE' | 'MESSAGE_AMBIGUOUS'; message: string } {
  if (encoding === undefined)
    return isBinary ? { code: 'BINARY_MESSAGE', message: noBinary } : data.toString('utf8');
  if (!isBinary) return { code: 'TEXT_MESSAGE', message: noText };
  const parsed = parseStrictMessage(data);
  return parsed.ok
    ? formatStrictJson(parsed.value)
    : { code: 'MESSAGE_AMBIGUOUS', message: `the MessagePack is refused: ${parsed.message}` };
}

/** Throws a plain Error on a text of the leaf's that is no JSON, or has a number that MessagePack has no single form for. */
export function writeMessage(text: string, encoding: Encoding): Buffer {
  if (encoding === undefined) return Buffer.from(text);
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) throw new Error('a leaf wrote a message that is no JSON');
  return packMessage(parsed.value);
}

const noBinary = 'binary messages to a venue cannot be inspected';
const noText = 'the connection was opened for MessagePack, and this is text';
