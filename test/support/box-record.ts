// What the host remembers of a box, for tests: written as the making of a box writes it.
import type { BoxRecord } from '../../src/sandbox/records.js';

const subnet = { base: 1, bits: 28 };

/** The record of a box `lab` on paper, with what the test changes of it. */
export function boxRecord(more: Partial<BoxRecord> = {}): BoxRecord {
  return {
    version: 1,
    name: 'lab',
    id: 'f00',
    profile: 'shell',
    mode: 'demo',
    isPaper: true,
    createdAt: '2026-11-20T00:00:00.000Z',
    workdir: '/srv/x',
    images: { agent: 'a', sidecar: 's' },
    networks: { inside: { id: 'i', name: 'in', subnet }, egress: { id: 'e', name: 'out', subnet } },
    decoys: {},
    launch: {},
    ...more,
  };
}
