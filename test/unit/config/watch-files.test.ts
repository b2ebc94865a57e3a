import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { watchFiles } from '../../../src/config/watch-files.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function watched() {
  const dir = mkdtempSync(join(tmpdir(), 'tradebox-watch-'));
  const file = join(dir, 'tradebox.yaml');
  writeFileSync(file, 'version: 1\n');
  const onChange = vi.fn();
  const stop = watchFiles([file, join(dir, 'missing', 'x.yaml')], onChange);
  ends.push(stop, () => rmSync(dir, { recursive: true }));
  return { dir, file, onChange, stop };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a burst of writes is one change, and so is a file put in its place', async () => {
  const { dir, file, onChange } = watched();
  for (let index = 0; index < 5; index += 1) writeFileSync(file, `version: 1\n# ${index}\n`);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
  await pause(150);
  writeFileSync(join(dir, 'new'), 'version: 1\n');
  renameSync(join(dir, 'new'), file);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2));
});

test('other files of the directory are no change, and nothing is after the end', async () => {
  const { dir, file, onChange, stop } = watched();
  writeFileSync(join(dir, 'other.yaml'), 'x');
  await pause(150);
  stop();
  writeFileSync(file, 'y');
  await pause(150);
  expect(onChange).not.toHaveBeenCalled();
});

test('a file that is made later is a change, also in a directory that is not there yet', async () => {
  const { dir } = watched();
  const onChange = vi.fn();
  const later = join(dir, 'later/below/tradebox.yaml');
  ends.unshift(watchFiles([later], onChange));
  mkdirSync(join(dir, 'other'));
  await pause(100);
  expect(onChange).not.toHaveBeenCalled();
  mkdirSync(join(dir, 'later'));
  await pause(50);
  mkdirSync(join(dir, 'later/below'));
  await pause(100);
  onChange.mockClear();
  writeFileSync(later, 'version: 1\n');
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
});
