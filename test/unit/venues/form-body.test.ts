// Form bodies: read one way only, sent in one spelling (C3, D1).
import { expect, test } from 'vitest';
import { formatForm, formType, readFormBody, rewriteForm } from '../../../src/venues/form-body.js';

const body = (text: string, type: string | undefined = formType, encoding?: string) => ({
  headers: [
    ...(type === '' || type === undefined ? [] : ([['Content-Type', type]] as const)),
    ...(encoding === undefined ? [] : ([['Content-Encoding', encoding]] as const)),
  ],
  body: Buffer.from(text),
});

test('fields keep their order and get one spelling', () => {
  const read = readFormBody(body('side[0]=buy&a=b+c%2f&e='));
  expect(read.ok && [...read.fields]).toEqual([
    ['side[0]', 'buy'],
    ['a', 'b c/'],
    ['e', ''],
  ]);
  expect(rewriteForm(body('side[0]=buy&a=b+c%2f')).toString()).toBe('side%5B0%5D=buy&a=b%20c%2F');
  expect(formatForm(new Map([['é', '&=']]))).toBe('%C3%A9=%26%3D');
  expect(rewriteForm(body('', '')).length).toBe(0);
  expect(readFormBody(body('a=1', `${formType}; charset=UTF-8`)).ok).toBe(true);
});

test('what is no form, or has two readings, is refused', () => {
  for (const [request, problem] of [
    [body('a=1', ''), 'not sent as'],
    [body('a=1', 'application/json'), 'not sent as'],
    [body('a=1', 'multipart/form-data'), 'not sent as'],
    [body('a=1', formType, 'gzip'), 'compressed'],
    [body('a=1&a=2'), 'twice'],
    [body('a=1&%61=2'), 'twice'],
    [body('a'), 'name=value'],
  ] as const) {
    expect(readFormBody(request)).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem) as string,
    });
    expect(() => rewriteForm(request)).toThrow(problem);
  }
});
