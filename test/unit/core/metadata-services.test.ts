import { expect, test } from 'vitest';
import { isMetadataService } from '../../../src/core/metadata-services.js';

test('the places where clouds keep credentials are known, their neighbours are not', () => {
  for (const host of ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', 'metadata.google.internal'])
    expect(isMetadataService(host)).toBe(true);
  for (const host of ['169.254.169.253', 'fd00:ec2::1', 'metadata.example.test', 'google.internal', ''])
    expect(isMetadataService(host)).toBe(false);
});
