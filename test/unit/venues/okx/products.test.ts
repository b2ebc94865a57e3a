// What OKX takes orders for beside its book: whatever a reader does not understand is refused, and what cannot be followed is not covered.
import { describe, expect, test } from 'vitest';
import { admin } from '../../../../src/venues/okx/admin.js';
import { operations } from '../../../../src/venues/okx/operations.js';
import { productReaders } from '../../../../src/venues/okx/products.js';
import { codeOf } from '../../../support/okx-orders.js';
import { orderSamples } from '../../../support/order-samples.js';

const prefix = 'POST /api/v5/';
const samples = Object.entries(orderSamples.okx?.samples ?? {})
  .map(([row, body]) => [row.slice(prefix.length), body] as const)
  .filter(([operation]) => Object.hasOwn(productReaders, operation));

/** The body with one value in it changed, once for each object and each value in it. */
function changed(value: unknown, change: (value: unknown) => unknown): unknown[] {
  const own = change(value);
  const inner = Array.isArray(value)
    ? value.flatMap((each, at) => changed(each, change).map((other) => value.with(at, other)))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) =>
          changed(each, change).map((other) => ({ ...value, [name]: other })),
        )
      : [];
  return own === undefined ? inner : [own, ...inner];
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

describe.each(samples)('%s', (operation, body) => {
  test('is read as it stands, and not with a field more in any of its objects', () => {
    expect(codeOf(operation, body)).toBe('ok');
    const bodies = changed(body, (value) =>
      isObject(value) ? { ...(value as object), extra: '1' } : undefined,
    );
    expect(bodies.length).toBeGreaterThan(0);
    for (const one of bodies) expect(codeOf(operation, one), JSON.stringify(one)).toBe('FIELD_UNKNOWN');
  });

  test('is not read with anything but plain decimals for its numbers', () => {
    const isNumber = (value: unknown) => typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value);
    for (const text of ['1e3', '+1', '0x1', ' 1', '1_000', '1,5', '1.', '.5', 'Infinity']) {
      for (const one of changed(body, (value) => (isNumber(value) ? text : undefined)))
        expect(codeOf(operation, one), JSON.stringify(one)).not.toBe('ok');
    }
  });

  test('is not read with amounts of zero or below, or as JSON numbers', () => {
    const names =
      /"(?:sz|amt|amount|\w+Amt|\w+Sz|lever|ratio|price|m(?:ax|in)Px|tpPrice|volMult)":"\d[^"]*"/g;
    const text = JSON.stringify(body);
    for (const [found] of text.matchAll(names)) {
      for (const other of ['"0"', '"-1"', '1']) {
        const one = text.replace(found, `${found.slice(0, found.indexOf(':'))}:${other}`);
        expect(codeOf(operation, one), one).not.toBe('ok');
      }
    }
  });

  test('is not read with a key twice', () => {
    const text = JSON.stringify(body).replace(/\{("\w+":)/, '{$1"1",$1');
    expect(codeOf(operation, text)).toBe('BODY_UNREADABLE');
  });
});

test('no order beside the book is covered, and every other is', () => {
  const rows = operations().flatMap(({ class: kind, path }) =>
    kind === 'order' || kind === 'amend' ? [path.slice('/api/v5/'.length)] : [],
  );
  const covered = rows.filter((row) => admin.covers?.(row) !== false);
  expect(covered.sort()).toEqual(
    [
      'amend-algos',
      'amend-batch-orders',
      'amend-order',
      'batch-orders',
      'close-position',
      'order',
      'order-algo',
    ].map((name) => `trade/${name}`),
  );
});
