import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import { decoysCheck } from '../../../../src/diagnose/checks/decoys.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const real = randomBytes(18).toString('base64');
const secrets = [{ id: 'okx.apiKey', value: new Secret(real) }];
const contextWith = (environment: Record<string, string>, known = secrets) =>
  fakeContext({
    secrets: known,
    box: fakeBox({
      probe: async () => [
        {
          do: 'processes',
          id: 'processes',
          processes: [{ pid: 7, command: 'agent', environment, status: {} }],
        },
      ],
    }),
  });

test('decoys only: pass; without real values to hunt: a warning', async () => {
  expect((await decoysCheck.run(contextWith({ OKX_API_KEY: 'decoy-key' }))).status).toBe('pass');
  expect((await decoysCheck.run(contextWith({ OKX_API_KEY: 'decoy-key' }, []))).status).toBe('warn');
});

test('a real value fails in any encoding, wherever it stands, and is not printed', async () => {
  for (const planted of [
    real,
    Buffer.from(real).toString('base64'),
    Buffer.from(real).toString('hex'),
    encodeURIComponent(real),
  ]) {
    const result = await decoysCheck.run(contextWith({ OKX_API_KEY: 'decoy-key', OTHER: `x${planted}y` }));
    expect(result.status, planted).toBe('fail');
    expect(JSON.stringify(result)).not.toContain(real);
  }
});

test('a missing or foreign decoy fails', async () => {
  expect((await decoysCheck.run(contextWith({ OKX_API_KEY: 'something else' }))).status).toBe('fail');
  expect((await decoysCheck.run(contextWith({ PATH: '/bin' }))).status).toBe('fail');
  expect((await decoysCheck.run(fakeContext())).status).toBe('fail');
});
