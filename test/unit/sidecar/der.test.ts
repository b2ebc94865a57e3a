// Expected octets are those of X.690's own examples, or of the sections named beside them.
import { expect, test } from 'vitest';
import * as der from '../../../src/sidecar/der.js';

const hex = (value: Buffer): string => value.toString('hex');

test('lengths take the fewest octets (X.690 10.1)', () => {
  expect(hex(der.octetString(Buffer.alloc(0)))).toBe('0400');
  expect(hex(der.octetString(Buffer.alloc(127))).slice(0, 4)).toBe('047f');
  expect(hex(der.octetString(Buffer.alloc(128))).slice(0, 6)).toBe('048180');
  expect(hex(der.octetString(Buffer.alloc(256))).slice(0, 8)).toBe('04820100');
  expect(hex(der.octetString(Buffer.alloc(65_536))).slice(0, 10)).toBe('0483010000');
});

test('integers are positive and shortest (X.690 8.3.2)', () => {
  expect(hex(der.integer(Buffer.from([0])))).toBe('020100');
  expect(hex(der.integer(Buffer.from([0, 0, 0x7f])))).toBe('02017f');
  expect(hex(der.integer(Buffer.from([0x80])))).toBe('02020080');
});

test('object identifiers use base 128 (X.690 8.19)', () => {
  expect(hex(der.objectIdentifier('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302');
  expect(hex(der.objectIdentifier('2.5.29.17'))).toBe('0603551d11');
});

test('bit strings count their unused bits (X.690 8.6.2)', () => {
  expect(hex(der.bitString(Buffer.from([0x04]), 2))).toBe('03020204');
});

test('times change their type in 2050 (RFC 5280 4.1.2.5)', () => {
  expect(
    der
      .time(Date.UTC(2049, 11, 31, 23, 59, 59))
      .toString('latin1')
      .slice(2),
  ).toBe('491231235959Z');
  expect(hex(der.time(Date.UTC(2049, 11, 31))).slice(0, 2)).toBe('17');
  expect(
    der
      .time(Date.UTC(2050, 0, 1))
      .toString('latin1')
      .slice(2),
  ).toBe('20500101000000Z');
  expect(hex(der.time(Date.UTC(2050, 0, 1))).slice(0, 2)).toBe('18');
});

test('sequences, sets and context tags wrap what they hold', () => {
  expect(hex(der.sequence(der.derTrue, der.integer(Buffer.from([0]))))).toBe('30060101ff020100');
  expect(hex(der.setOf(der.utf8String('é')))).toBe('31040c02c3a9');
  expect(hex(der.explicit(3, der.sequence()))).toBe('a3023000');
  expect(hex(der.implicit(2, Buffer.from('a')))).toBe('820161');
});

test('PEM has lines of 64 characters (RFC 7468)', () => {
  const text = der.pem('CERTIFICATE', Buffer.alloc(100, 7));
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toBe('-----BEGIN CERTIFICATE-----');
  expect(lines[1]).toHaveLength(64);
  expect(Buffer.from(lines.slice(1, -1).join(''), 'base64')).toEqual(Buffer.alloc(100, 7));
});
