// A dialect answers nothing that the venue's own table does not name: its signed reads are reads, its writes orders or cancels.
import { expect } from 'vitest';
import type { OperationClass, Venue } from '../../src/venues/venue.js';

/** Classes of `METHOD path` names in the venue's table, each once, sorted. */
export function classesOf(venue: Venue, host: string, names: Iterable<string>): readonly OperationClass[] {
  const classes = [...names].map((name) => {
    const [method = '', path = ''] = name.split(' ');
    const { class: kind } = venue.classify({ host, method, path, query: '' });
    expect(kind, name).not.toBe('unknown');
    return kind;
  });
  return [...new Set(classes)].sort();
}
