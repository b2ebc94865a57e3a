import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { PendingLines } from '../../../src/audit/pending-lines.js';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tradebox-lines-'));
const file = path.join(dir, 'lines');
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('lines of every length are written once, in their order, also when the system takes them in pieces', () => {
  fs.mkdirSync(dir, { recursive: true });
  const fd = fs.openSync(file, 'a');
  const real = fs.writeSync;
  const write = vi
    .spyOn(fs, 'writeSync')
    .mockImplementation(((to: number, bytes: Buffer, from: number, length: number) =>
      real(to, bytes, from, Math.min(50_000, length))) as typeof fs.writeSync);
  const lines = new PendingLines();
  lines.writeTo(fd);
  expect(write).not.toHaveBeenCalled();
  const rounds = [['a', ''], ['b'.repeat(65_535), 'c'], ['d'.repeat(70_000), 'e'.repeat(300_000)], ['f']];
  for (const round of rounds) {
    for (const line of round) lines.add(line);
    expect(lines.length).toBe(round.join('\n').length + 1);
    lines.writeTo(fd);
    expect(lines.length).toBe(0);
  }
  fs.closeSync(fd);
  expect(fs.readFileSync(file, 'latin1')).toBe(`${rounds.flat().join('\n')}\n`);
});
