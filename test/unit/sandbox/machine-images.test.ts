import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../../../src/sandbox/engine.js';
import { machineImages } from '../../../src/sandbox/machine-images.js';

test('a machine needs a base, which any agent’s image has made: without a record of one it is a fault', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tradebox-machine-'));
  const images = machineImages(
    {} as Engine,
    { env: {} as never, stateDir },
    'tradebox/agent-x:1',
    { memoryMb: 512, cpus: 1 },
    () => {},
  );
  await expect(images.machine()).rejects.toMatchObject({ code: 'FAULT' });
  await expect(images.withAgent('kvm')).rejects.toMatchObject({ code: 'FAULT' });
});
