import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['within', { maxGrossExposure: 200 }, { grossExposure: decimal('100') }, []],
  ['beyond', { maxGrossExposure: 199 }, { grossExposure: decimal('100') }, ['EXPOSURE_TOO_LARGE']],
  ['not known', { maxGrossExposure: 199 }, { grossExposure: undefined }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
