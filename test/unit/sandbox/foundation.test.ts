import { expect, test } from 'vitest';
import { layFoundation } from '../../../src/sandbox/foundation.js';
import { markOf } from '../../../src/sandbox/names.js';
import { networksOnly } from '../../support/networks-only.js';

const basis = {
  name: 'lab',
  profile: 'shell',
  mode: 'demo',
  isPaper: true,
  createdAt: '2026-11-20T00:00:00Z',
};

test('the inside network bears the labels of the box that will stand on it', async () => {
  const { engine, made } = networksOnly();
  const { identity, inside } = layFoundation(engine, basis);
  expect((await inside).id).toBe('network-1');
  expect(identity).toMatchObject(basis);
  expect(made).toMatchObject([
    {
      isInternal: true,
      labels: { 'tradebox.box': 'lab', 'tradebox.id': identity.id, 'tradebox.role': 'inside' },
    },
  ]);
});

test('its id cannot be taken for one of those that are still there', () => {
  const marks = Array.from({ length: 0xfff }, (_each, index) => index.toString(16).padStart(4, '0'));
  const { engine } = networksOnly();
  for (let count = 0; count < 20; count += 1) {
    const { identity } = layFoundation(engine, basis, new Set(marks.map((mark) => `${mark}000000000000`)));
    expect(marks).not.toContain(markOf(identity.id));
  }
});

test('it is cleared whether or not the network is made already, and again', async () => {
  const { engine, removed } = networksOnly();
  const early = layFoundation(engine, basis);
  await early.clear(); // waits for the engine
  await early.clear();
  expect(removed).toEqual(['network-1', 'network-1']);
});

test('where no network could be made there is none to clear', async () => {
  const { engine, removed } = networksOnly(new Error('no room'));
  const { inside, clear } = layFoundation(engine, basis);
  await clear();
  await expect(inside).rejects.toThrow('no room');
  expect(removed).toEqual([]);
});
