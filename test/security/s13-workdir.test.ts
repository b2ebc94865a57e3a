// S13: the mounted directory cannot be used to reach the host, and carries no real secret in.
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { useDesk } from '../support/paper-desk.js';
import { skipReason } from '../support/requirements.js';

const value = `sk-real-${randomBytes(18).toString('base64url')}`;
const config = `version: 1
credentials:
  model:
    hosts: [model.example.com]
    bearer: true
    value: env:S13_MODEL_KEY
    env: [MODEL_KEY]
    llm: true
`;

describe.skipIf(skipReason('docker'))('S13', () => {
  process.env.S13_MODEL_KEY = value;
  const desk = useDesk('s13', {}, () => config);
  const tryWith = (workdir: string) =>
    desk.home.run(['run', 'sh', workdir, '--paper', '--name', desk.home.boxName('s13w'), '--', '-c', 'true']);

  test('places that hold the host or our own files are refused, also through a link', async () => {
    const link = path.join(desk.home.root, 'link-to-home');
    symlinkSync(desk.home.home, link);
    const file = path.join(desk.home.root, 'a-file');
    writeFileSync(file, '');
    for (const place of [
      '/',
      homedir(),
      desk.home.home,
      desk.home.root,
      desk.home.stateDir,
      link,
      file,
      '/nowhere',
      '/etc',
      '/proc',
    ]) {
      const result = await tryWith(place);
      expect([result.code, result.stderr.includes('→')], place).toEqual([2, true]);
    }
  });

  test('E7: a real secret in the directory is refused with file and line, in any encoding, and is not printed', async () => {
    for (const written of [
      value,
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('hex'),
    ]) {
      const workdir = desk.home.workdir();
      mkdirSync(path.join(workdir, 'deep'));
      writeFileSync(path.join(workdir, 'deep', '.env'), `A=1\nKEY=${written}\n`);
      const result = await tryWith(workdir);
      expect(result.code, written.slice(0, 4)).toBe(2);
      expect(result.stderr).toContain('deep/.env:2');
      expect(result.stderr).not.toContain(written);
    }
  });

  test('control: the same directory without it is taken', async () => {
    expect((await tryWith(desk.home.workdir({ 'deep/.env': 'A=1\nKEY=nothing real\n' }))).code).toBe(0);
  });

  test('a setuid file gains nothing', async () => {
    await desk.box.sh('cp /usr/bin/id /workspace/id && chmod u+s /workspace/id');
    const { stdout } = await desk.box.sh('/workspace/id -u; id -u');
    const [asSetuid, asIs] = stdout.trim().split('\n');
    expect(asSetuid).toBe(asIs);
    const { stdout: setuid } = await desk.box.sh(
      'find / -xdev -perm /6000 -type f -not -path "/proc/*" 2>/dev/null; true',
    );
    expect(setuid.trim()).toBe('');
  });
});
