import { expect, test } from 'vitest';
import { deniedHostCheck, namesCheck } from '../../../../src/diagnose/checks/names.js';
import { fakeBox, fakeContext, probeThatReaches } from '../fake-context.js';

const contextWith = (getsThrough: (id: string) => boolean) =>
  fakeContext({ box: fakeBox({ probe: probeThatReaches((action) => getsThrough(action.id)) }) });

test('names: allowed resolve to the sidecar, denied to nothing', async () => {
  expect((await namesCheck.run(contextWith((id) => id.startsWith('allowed')))).status).toBe('pass');
  expect((await namesCheck.run(contextWith(() => true))).status).toBe('fail');
  expect((await namesCheck.run(contextWith((id) => id === 'allowed'))).status).toBe('fail');
});

test('names: an allowed name that resolves elsewhere fails', async () => {
  const context = fakeContext({
    box: fakeBox({
      sidecarAddress: '10.87.9.2',
      probe: probeThatReaches((action) => action.id.startsWith('allowed')),
    }),
  });
  expect((await namesCheck.run(context)).status).toBe('fail');
});

test.each<[string, string[] | undefined, string[] | undefined, string]>([
  ['the same', ['192.168.7.1'], ['192.168.7.1'], 'pass'],
  ['others', ['192.168.7.1'], ['10.8.0.1'], 'warn'],
  ['unknown to the host', ['192.168.7.1'], undefined, 'pass'],
  ['asked by the engine', undefined, ['192.168.7.1'], 'pass'],
])("names: this machine's name servers since the sidecar's start: %s", async (_name, then, now, status) => {
  const probe = probeThatReaches((action) => action.id.startsWith('allowed'));
  const known = await fakeBox().status();
  const box = fakeBox({ probe, status: async () => ({ ...known, ...(then && { nameServers: then }) }) });
  const result = await namesCheck.run(fakeContext({ box, nameServers: now }));
  expect(result.status).toBe(status);
  if (status === 'warn') {
    expect(result.observed).toMatch(/192\.168\.7\.1; .* 10\.8\.0\.1$/);
    expect(result.remedy).toContain('tradebox restart fake');
  }
});

test('denied host: an answer on either way in fails', async () => {
  expect((await deniedHostCheck.run(contextWith(() => false))).status).toBe('pass');
  expect((await deniedHostCheck.run(contextWith((id) => id === 'CONNECT'))).status).toBe('fail');
  expect((await deniedHostCheck.run(contextWith((id) => id === 'transparent TLS'))).status).toBe('fail');
});
