import { expect, test } from 'vitest';
import { TradeboxError } from '../../../../src/core/errors.js';
import {
  DeadlinePassed,
  engineMessage,
  isAddressClash,
  isGone,
  isNameClash,
  toTradeboxError,
  withDeadline,
} from '../../../../src/sandbox/docker/errors.js';

const refusal = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) - ${message}`), { statusCode, json: { message } });
const socketError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

test.each<[string, unknown, string]>([
  ['a full disk', refusal(500, 'write /var/lib/docker/x: no space left on device'), 'DISK_FULL'],
  [
    'a storage driver without a quota',
    refusal(500, "--storage-opt is supported only for overlay over xfs with 'pquota' mount option"),
    'ENGINE_UNSUITABLE',
  ],
  [
    'a taken container name',
    refusal(409, 'Conflict. The container name "/x" is already in use by container "y"'),
    'NAME_TAKEN',
  ],
  ['a taken network name', refusal(409, 'network with name x already exists'), 'NAME_TAKEN'],
  [
    'overlapping addresses',
    refusal(403, 'Pool overlaps with other one on this address space'),
    'ADDRESS_SPACE_EXHAUSTED',
  ],
  [
    'no pool left',
    refusal(404, 'could not find an available, non-overlapping IPv4 address pool'),
    'ADDRESS_SPACE_EXHAUSTED',
  ],
  ['a dead engine', socketError('ECONNREFUSED'), 'ENGINE_UNREACHABLE'],
  ['a missing socket', socketError('ENOENT'), 'ENGINE_UNREACHABLE'],
  ['a silent engine', new DeadlinePassed('no answer within 20 s'), 'ENGINE_UNREACHABLE'],
  [
    'a refused file limit',
    refusal(500, 'OCI: error setting rlimit type 7: operation not permitted'),
    'CONFIG_INVALID',
  ],
  ['anything else', refusal(500, 'boom'), 'FAULT'],
])('%s', (_what, thrown, code) => {
  const error = toTradeboxError('start a container', thrown);
  expect(error.code).toBe(code);
  expect(error.cause).toBe(thrown);
  if (error.kind === 'user') expect(error.remedy).not.toBe('');
});

test('an error of ours passes unchanged', () => {
  const error = new TradeboxError('BOX_UNKNOWN', 'no');
  expect(toTradeboxError('x', error)).toBe(error);
});

test('an engine that refuses with a socket-like code is not taken for unreachable', () => {
  expect(toTradeboxError('x', Object.assign(refusal(500, 'boom'), { code: 'ENOENT' })).code).toBe('FAULT');
});

test('the engine speaks for itself, without the client around it', () => {
  expect(engineMessage(refusal(404, 'No such container: x'))).toBe('No such container: x');
  expect(engineMessage(new Error('plain'))).toBe('plain');
});

test('what is gone or going counts as gone', () => {
  expect(isGone(refusal(404, 'No such container'))).toBe(true);
  expect(isGone(refusal(409, 'removal of container abc is already in progress'))).toBe(true);
  expect(isGone(refusal(409, 'container is paused'))).toBe(false);
  expect(isNameClash(refusal(409, 'container is paused'))).toBe(false);
  expect(isAddressClash(refusal(403, 'Address already in use'))).toBe(true);
});

test('a deadline ends a wait and its request', async () => {
  let aborted = false;
  const stuck = withDeadline(20, (signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    return new Promise(() => {});
  });
  await expect(stuck).rejects.toThrow(DeadlinePassed);
  expect(aborted).toBe(true);
});

test('a deadline that was met never fires', async () => {
  let signal: AbortSignal | undefined;
  expect(
    await withDeadline(10, async (given) => {
      signal = given;
      return 7;
    }),
  ).toBe(7);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(signal?.aborted).toBe(false);
});
