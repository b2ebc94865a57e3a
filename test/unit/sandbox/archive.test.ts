import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterAll, expect, test } from 'vitest';
import { authorityFiles, openingFiles } from '../../../src/sandbox/agent-files.js';
import { ArchiveWriter, type ForeignMember, packDirectory, tarOf } from '../../../src/sandbox/archive.js';
import { javaTrustStore } from '../../../src/sandbox/java-trust-store.js';

const dir = mkdtempSync(join(tmpdir(), 'tradebox-archive-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** `tar tv`: mode, owner, path. */
const listed = (tar: Buffer) =>
  execFileSync('tar', ['-tv', '--numeric-owner'], { input: tar, encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.replace(/^(\S+)\s+(\S+)\s+\d+\s+\S+\s+\S+\s+(.*)$/, '$1 $2 $3'));

test('equal input gives equal bytes, with the modes and owners asked for', async () => {
  const entries = [
    { path: 'd', content: '', isDirectory: true, owner: { uid: 7, gid: 8 } },
    { path: 'd/a', content: 'x', mode: 0o755, owner: { uid: 7, gid: 8 } },
    { path: 'b', content: Buffer.from('y') },
  ];
  const tar = await tarOf(entries);
  expect(await tarOf(entries)).toEqual(tar);
  expect(listed(tar)).toEqual(['drwxr-xr-x 7/8 d', '-rwxr-xr-x 7/8 d/a', '-rw-r--r-- 0/0 b']);
});

test('B11: the agent gets the certificate everywhere, the home files as the user, and the flag last', async () => {
  const files = openingFiles('PEM', [{ path: '.okx/a/config.json', content: '{}', isExecutable: false }], {
    uid: 1000,
    gid: 100,
  });
  const lines = listed(await tarOf(files));
  expect(lines.filter((line) => line.includes('1000/100'))).toEqual([
    'drwxr-xr-x 1000/100 home/agent/.okx',
    'drwxr-xr-x 1000/100 home/agent/.okx/a',
    '-rw-r--r-- 1000/100 home/agent/.okx/a/config.json',
  ]);
  expect(lines.at(-1)).toBe('-rw-r--r-- 0/0 run/tradebox/ready');
  const contents = new Map(authorityFiles('PEM').map(({ path, content }) => [path, content]));
  expect(contents.get('etc/ssl/certs/ca-certificates.crt')).toBe('PEM');
  expect(contents.get('run/tradebox/cacerts')).toEqual(javaTrustStore('PEM'));
});

test('E6: of a hostile tar only plain files are kept, of mode 0600, below the prefix', async () => {
  const hostile = pack();
  hostile.entry({ name: 'good', mode: 0o4777 }, 'fine');
  hostile.entry({ name: '../../climb' }, 'x');
  hostile.entry({ name: 'a/../../climb' }, 'x');
  hostile.entry({ name: 'link', type: 'symlink', linkname: '/etc/passwd' });
  hostile.entry({ name: 'hard', type: 'link', linkname: 'good' });
  hostile.entry({ name: 'device', type: 'block-device', devmajor: 8, devminor: 0 });
  hostile.entry({ name: 'fifo', type: 'fifo' });
  hostile.entry({ name: '/absolute' }, 'y');
  hostile.entry({ name: 'refused' }, 'z');
  hostile.finalize();
  const file = join(dir, 'evidence.tar');
  const archive = new ArchiveWriter(createWriteStream(file));
  await archive.add('note', 'hello');
  const members: ForeignMember[] = [];
  await archive.addFrom(Readable.from(hostile), 'files/', (member) => {
    members.push(member);
    return member.path !== 'refused';
  });
  await archive.close();
  expect(listed(readFileSync(file)).map((line) => line.replace('0/0 ', ''))).toEqual([
    '-rw------- note',
    '-rw------- files/good',
    '-rw------- files/absolute',
  ]);
  expect(members).toHaveLength(9);
  expect(members.find((member) => member.path === 'link')).toMatchObject({
    type: 'symlink',
    target: '/etc/passwd',
  });
  expect(statSync(file).size).toBeGreaterThan(0);
});

test('a source that breaks off fails the archive', async () => {
  const archive = new ArchiveWriter(createWriteStream(join(dir, 'broken.tar')));
  const broken = new Readable({
    read() {
      this.destroy(new Error('connection lost'));
    },
  });
  await expect(archive.addFrom(broken, '', () => true)).rejects.toThrow('connection lost');
  await archive.close();
});

test('a target that fails ends the writing instead of stopping it for ever', async () => {
  const archive = new ArchiveWriter(createWriteStream(join(dir, 'no/such/dir.tar')));
  const writing = async () => {
    for (let count = 0; count < 100; count += 1) await archive.add('big', Buffer.alloc(1024 * 1024));
    await archive.close();
  };
  await expect(writing()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a directory is packed as it is on the host, its subdirectories too', async () => {
  const source = mkdtempSync(join(dir, 'source-'));
  writeFileSync(join(source, '000001.jsonl'), 'one\n');
  mkdirSync(join(source, 'below'));
  writeFileSync(join(source, 'below', 'two'), 'two');
  const file = join(dir, 'packed.tar');
  const archive = new ArchiveWriter(createWriteStream(file));
  const members: ForeignMember[] = [];
  await archive.addFrom(packDirectory(source), 'journal/', (member) => members.push(member) > 0);
  await archive.close();
  expect(
    members.filter(({ type }) => type === 'file').map(({ path, sizeBytes }) => [path, sizeBytes]),
  ).toEqual(
    expect.arrayContaining([
      ['000001.jsonl', 4],
      ['below/two', 3],
    ]),
  );
  expect(execFileSync('tar', ['-xOf', file, 'journal/000001.jsonl'], { encoding: 'utf8' })).toBe('one\n');
});
