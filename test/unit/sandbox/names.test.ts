import { expect, test } from 'vitest';
import type { TradeboxError } from '../../../src/core/errors.js';
import {
  assertBoxName,
  type BoxIdentity,
  bearsItsName,
  labelsOf,
  objectNames,
  type Role,
  unknownBox,
} from '../../../src/sandbox/names.js';

test.each(['a', 'demo', 'my-box-2', '0x', 'a'.repeat(40)])('%s is a name', (name) => {
  expect(() => assertBoxName(name)).not.toThrow();
});

test.each(['', '-a', 'a-', 'A', 'a_b', 'a b', 'ä', '../x', 'a/b', 'a\n', 'a'.repeat(41)])(
  '%j is no name',
  (name) => {
    expect(() => assertBoxName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
    try {
      assertBoxName(name);
    } catch (thrown) {
      expect((thrown as TradeboxError).remedy).not.toBe('');
    }
  },
);

test('a name that no box has is told, in part where it is too long for one', () => {
  expect(unknownBox('lab')).toMatchObject({
    code: 'BOX_UNKNOWN',
    message: 'there is no box named "lab"',
    remedy: 'List the boxes with `tradebox ps`.',
  });
  const told = unknownBox('a'.repeat(100), { more: ', and so on', remedy: 'Look again.' });
  expect([told.message, told.remedy]).toEqual([
    `there is no box named "${'a'.repeat(60)}", and so on`,
    'Look again.',
  ]);
});

test('names of a box fit a host name label', () => {
  const names = objectNames({ name: 'a'.repeat(40), id: '0123456789abcdef' });
  for (const name of Object.values(names)) expect(name.length).toBeLessThanOrEqual(63);
});

test('a box and its successor of the same name have no name in common', () => {
  const [one, two] = ['aaaa0000', 'bbbb0000'].map((id) => Object.values(objectNames({ name: 'lab', id })));
  expect(new Set([...(one ?? []), ...(two ?? [])]).size).toBe(8);
});

const lab: BoxIdentity = {
  name: 'lab',
  id: '12345678',
  profile: 'shell',
  mode: 'demo',
  isPaper: true,
  createdAt: '2026-11-20T00:00:00Z',
};

test.each<[Role, string]>([
  ['agent', 'tradebox-lab-1234-agent'],
  ['egress', 'tradebox-lab-1234-egress'],
  ['sidecar', 'tradebox-lab-sidecar'],
  ['probe', 'tradebox-lab-probe-77'],
  ['probe', 'tradebox-lab-boot'],
])('%s %s bears its name', (role, name) => {
  expect(bearsItsName({ name, labels: labelsOf(lab, role) })).toBe(true);
});

test.each<[string, Record<string, string>]>([
  ['tradebox-lab-1234-agent', {}],
  ['tradebox-lab-1234-agent', labelsOf(lab, 'sidecar')],
  ['tradebox-lab-toString', { ...labelsOf(lab, 'agent'), 'tradebox.role': 'toString' }],
  ['tradebox-lab-9999-agent', labelsOf(lab, 'agent')],
  ['x-tradebox-lab-1234-agent', labelsOf(lab, 'agent')],
  ['tradebox-labs-probe-77', labelsOf(lab, 'probe')],
  ['tradebox-lab-1234-agent', { ...labelsOf(lab, 'agent'), 'tradebox.box': 'other' }],
])('S12: %s with other labels is somebody else’s', (name, labels) => {
  expect(bearsItsName({ name, labels })).toBe(false);
});

test('every object says whose it is and what it is', () => {
  const labels = labelsOf(
    {
      name: 'demo',
      id: 'f00',
      profile: 'shell',
      mode: 'readonly',
      isPaper: true,
      createdAt: '2026-11-20T00:00:00Z',
    },
    'egress',
  );
  expect(labels).toEqual({
    'tradebox.box': 'demo',
    'tradebox.id': 'f00',
    'tradebox.role': 'egress',
    'tradebox.profile': 'shell',
    'tradebox.mode': 'readonly',
    'tradebox.paper': 'true',
    'tradebox.created': '2026-11-20T00:00:00Z',
  });
});
