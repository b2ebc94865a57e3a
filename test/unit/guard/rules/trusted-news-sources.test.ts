import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

const from = (...hosts: string[]) => ({
  evidence: hosts.map((host) => ({ url: `https://${host}/a`, host, fetchedMs: 0 })),
});

test.each<[string, Parameters<typeof codesOf>[1], string[]]>([
  ['what cites nothing has no wrong source', {}, []],
  ['a trusted host, and one below a trusted name', from('news.test', 'a.wire.test'), []],
  ['the name itself is not below itself', from('wire.test'), ['SOURCE_UNTRUSTED']],
  ['a host that only ends alike', from('evilnews.test'), ['SOURCE_UNTRUSTED']],
  ['one wrong among right ones', from('news.test', 'evil.test'), ['SOURCE_UNTRUSTED']],
])('%s', (_title, given, codes) => {
  expect(codesOf({ trustedNewsSources: ['news.test', '*.wire.test'] }, given)).toEqual(codes);
});
