// The header block of an HTTP/2 answer as the head of an HTTP/1.1 one. No I/O.

const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Written anew by whoever frames the answer. */
const framingFields = new Set(['connection', 'transfer-encoding', 'keep-alive', 'upgrade', 'content-length']);

export interface AnswerHeadBytes {
  bytes: Buffer;
  /** The content follows in chunks. */
  isChunked: boolean;
}

/**
 * @param raw names and values in turn, as they came; latin1.
 * @returns undefined when a field could break out of its line, or the status is none.
 */
export function answerHeadOf(
  raw: readonly string[],
  { method, isWhole }: { method: string; isWhole: boolean },
): AnswerHeadBytes | undefined {
  const status = fieldOf(raw, ':status');
  if (status === undefined || !/^[2-5]\d\d$/.test(status)) return undefined;
  const lines = linesOf(raw, framingFields);
  if (lines === undefined) return undefined;
  const declared = fieldOf(raw, 'content-length');
  const hasNone = method === 'HEAD' || status === '204' || status === '304';
  // Trailers, which gRPC is made of and others announce, need chunks.
  const isGrpc = fieldOf(raw, 'content-type')?.startsWith('application/grpc') === true;
  const hasTrailers = isGrpc || fieldOf(raw, 'trailer') !== undefined;
  const isChunked = !hasNone && !isWhole && (declared === undefined || hasTrailers);
  let framing = isChunked ? 'transfer-encoding: chunked\r\n' : '';
  if (hasNone && declared !== undefined) framing = `content-length: ${declared}\r\n`;
  else if (!hasNone && isWhole) framing = 'content-length: 0\r\n';
  else if (!hasNone && !isChunked) framing = `content-length: ${declared}\r\n`;
  return { bytes: Buffer.from(`HTTP/1.1 ${status} \r\n${lines}${framing}\r\n`, 'latin1'), isChunked };
}

/** Trailer lines; undefined when a field could break out of its line. */
export function answerTrailersOf(raw: readonly string[]): string | undefined {
  return linesOf(raw, framingFields);
}

function linesOf(raw: readonly string[], without: ReadonlySet<string>): string | undefined {
  let lines = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (name.startsWith(':') || without.has(name)) continue;
    if (!fieldName.test(name) || !fieldValue.test(value)) return undefined;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function fieldOf(raw: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at] === name) return raw[at + 1];
  return undefined;
}
