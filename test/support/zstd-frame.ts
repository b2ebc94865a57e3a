// A zstd frame made by hand (RFC 8878), so that hosts whose Node has no zstd can serve one: its blocks are raw, nothing is compressed.

const maxBlockBytes = 128 * 1024;
/** Magic number. */
const magic = [0x28, 0xb5, 0x2f, 0xfd];

/** The bytes as one frame. `windowLog`: the memory that a reader is asked for, in place of the frame's own size; 10 to 41. */
export function zstdFrame(content: Buffer, { windowLog }: { windowLog?: number } = {}): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  // Frame_Header_Descriptor: Single_Segment_flag with four bytes of Frame_Content_Size, or a Window_Descriptor alone.
  const header = windowLog === undefined ? [0xa0, ...size] : [0, (windowLog - 10) << 3];
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < content.length; at += maxBlockBytes) {
    const piece = content.subarray(at, at + maxBlockBytes);
    const isLast = at + maxBlockBytes >= content.length;
    const head = Buffer.alloc(3);
    // Block_Header: Last_Block, Block_Type (0: raw), Block_Size.
    head.writeUIntLE((piece.length << 3) | (isLast ? 1 : 0), 0, 3);
    blocks.push(head, piece);
  }
  return Buffer.concat([Buffer.from([...magic, ...header]), ...blocks]);
}
