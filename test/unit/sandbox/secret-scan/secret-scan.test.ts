import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import { looseObject, packedObjects } from '../../../../src/sandbox/secret-scan/git-objects.js';
import { scanForSecrets } from '../../../../src/sandbox/secret-scan/secret-scan.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tradebox-scan-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const value = `s$/+ü${randomBytes(16).toString('base64')}`;
const secrets = [{ id: 'okx.secretKey', value: new Secret(value) }];
const scan = (budgetMs = 60_000) => scanForSecrets(dir, secrets, { budgetMs });
const write = (path: string, content: string | Buffer) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
};
const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
    { cwd: dir, stdio: 'pipe' },
  );

const found = (place: string) =>
  expect(scan()).rejects.toMatchObject({
    code: 'WORKDIR_HOLDS_SECRET',
    message: expect.stringContaining(place),
    remedy: expect.stringMatching(/./),
  });

/** Forty beginnings of what could be a key, and a whole one. */
const anchors = Buffer.from(`${'gsk_ '.repeat(40)}gsk_${randomBytes(26).toString('hex')}`);
const pack = '.git/objects/pack/pack-0123.pack';
const packHead = (count: number) =>
  Buffer.from(`PACK\0\0\0\x02\0\0\0${String.fromCharCode(count)}`, 'latin1');
/** A blob of any size: its first byte holds type and size, which is not read here. */
const packed = (content: Buffer) => Buffer.concat([Buffer.from([0x30]), deflateSync(content)]);

test('a clean directory is searched whole', async () => {
  write('a/b.txt', 'nothing here');
  write('node_modules/x/index.js', 'x'.repeat(1000));
  expect(await scan()).toEqual({ files: 2, bytes: 1012, keysInHistory: 0 });
});

test.each<[string, string]>([
  ['raw', value],
  ['base64', Buffer.from(`x${value}y`).toString('base64')],
  ['hex', Buffer.from(value).toString('hex')],
  ['upper-case hex', Buffer.from(value).toString('hex').toUpperCase()],
  ['percent', encodeURIComponent(value)],
  ['JSON', JSON.stringify({ key: value })],
])('E7: a %s spelling is found, with file and line, and never shown', async (_kind, spelling) => {
  write('config/.env', `A=1\nB=2\nC=${spelling}\n`);
  await found('config/.env:3');
  const shown = await scan().catch((thrown) => JSON.stringify([thrown.message, thrown.remedy]));
  expect(shown).not.toContain(value);
  expect(shown).not.toContain(spelling);
});

test('a find across chunks keeps its line', async () => {
  const chunk = 1024 * 1024;
  const lead = 'a\n'.repeat(chunk / 2 - 3);
  write('big.log', `${lead}${value}`);
  await found(`big.log:${chunk / 2 - 2}`);
});

test('hidden places are searched, links are not followed', async () => {
  mkdirSync(join(dir, 'in'));
  write('outside', value);
  symlinkSync(join(dir, 'outside'), join(dir, 'in/link'));
  expect((await scanForSecrets(join(dir, 'in'), secrets, { budgetMs: 1000 })).files).toBe(0);
  rmSync(join(dir, 'outside'));
  write('node_modules/.cache/x/y', value);
  await found('node_modules/.cache/x/y:1');
});

test('a secret that was committed and deleted is found in git history, loose and packed', async () => {
  git('init', '-q');
  write('key.txt', `key: ${value}\n`);
  git('add', '.');
  git('commit', '-q', '-m', 'oops');
  git('rm', '-q', 'key.txt');
  git('commit', '-q', '-m', 'gone');
  await found('object of git history');
  git('gc', '-q', '--prune=now');
  await found('.pack (in an object of git history)');
});

test('a pack of many commits and deltas is read to its end', async () => {
  git('init', '-q');
  for (let index = 0; index < 5; index += 1) {
    write('a.txt', Array.from({ length: 300 }, (_, line) => `line ${line} ${index * (line % 7)}`).join('\n'));
    git('add', '.');
    git('commit', '-q', '-m', `c${index}`);
  }
  git('gc', '-q', '--aggressive', '--prune=now');
  const pack = execFileSync('sh', ['-c', 'ls .git/objects/pack/*.pack'], {
    cwd: dir,
    encoding: 'utf8',
  }).trim();
  const count = Number(
    git('count-objects', '-v')
      .toString()
      .match(/in-pack: (\d+)/)?.[1],
  );
  expect(count).toBeGreaterThanOrEqual(15);
  expect([...(packedObjects(join(dir, pack)) ?? [])]).toHaveLength(count);
});

test("what only looks like git's is no error", async () => {
  write('.git/objects/pack/pack-00.pack', 'PACK nonsense');
  write('.git/objects/ab/0123456789abcdef0123456789abcdef012345', 'nonsense');
  expect((await scan()).files).toBe(2);
  expect(looseObject(join(dir, 'plain.txt'))).toBeUndefined();
  expect(packedObjects(join(dir, 'plain.txt'))).toBeUndefined();
});

test('when the time is up nothing is mounted, and what is left out is not looked at', async () => {
  for (let index = 0; index < 20; index += 1) write(`data/f${index}`, 'x');
  await expect(scan(0)).rejects.toMatchObject({
    code: 'WORKDIR_UNSEARCHED',
    message: expect.stringMatching(/only 0 files/),
    remedy: expect.stringContaining('unsearched: ['),
  });
  const unsearched = ['data'];
  expect((await scanForSecrets(dir, secrets, { budgetMs: 60_000, unsearched })).files).toBe(0);
  write('other/data/x', value);
  await expect(scanForSecrets(dir, secrets, { budgetMs: 60_000, unsearched })).rejects.toThrow(
    'other/data/x:1',
  );
});

// The last thing that would be searched refuses by itself: who looks at the clock between files alone finds it.
test.each<[string, () => void]>([
  [
    'within a file',
    () => write('big.log', Buffer.concat([Buffer.alloc(40 * 1024 * 1024), Buffer.from(value)])),
  ],
  [
    'between objects of a pack',
    () => {
      const content = Buffer.from('nothing');
      const objects = [...Array<Buffer>(40).fill(content), Buffer.from(value)].map(packed);
      write(pack, Buffer.concat([packHead(objects.length), ...objects]));
    },
  ],
  ['within an object of a pack', () => write(pack, Buffer.concat([packHead(1), packed(anchors)]))],
  ['where much of a file looks like the beginning of a key', () => write('a.txt', anchors)],
  [
    'among directories without files',
    () => {
      for (let i = 0; i < 60; i += 1) mkdirSync(join(dir, `d${i}`));
    },
  ],
])('the time is up %s', async (_where, make) => {
  make();
  // Each look at the clock finds it a millisecond later.
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1));
  try {
    await expect(scan(30)).rejects.toMatchObject({
      code: 'WORKDIR_UNSEARCHED',
      message: expect.stringContaining('could be searched in 0.03 s'),
    });
  } finally {
    clock.mockRestore();
  }
});

test('a pack or an object of git that is too large to be read is not passed over', async () => {
  write('.git/objects/pack/pack-00.pack', '');
  truncateSync(join(dir, '.git/objects/pack/pack-00.pack'), 513 * 1024 * 1024);
  await expect(scan()).rejects.toMatchObject({ code: 'WORKDIR_UNSEARCHED' });
  rmSync(join(dir, '.git'), { recursive: true });
  write(`.git/objects/ab/${'0'.repeat(38)}`, deflateSync(Buffer.alloc(65 * 1024 * 1024)));
  await expect(scan()).rejects.toThrow('too large');
});

test('without known secrets keys are found by their look, also across chunks; in git history they are counted', async () => {
  const key = `sk-ant-${'api'}03-${randomBytes(69).toString('base64url')}zAA`;
  const lead = 'a\n'.repeat(512 * 1024 - 20);
  write('big.txt', `${lead}KEY=${key}\n`);
  await expect(scanForSecrets(dir, [], { budgetMs: 60_000 })).rejects.toMatchObject({
    code: 'WORKDIR_HOLDS_SECRET',
    message: expect.stringMatching(/what looks like an Anthropic key: big\.txt:524269/),
  });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'oops');
  rmSync(join(dir, 'big.txt'));
  expect((await scanForSecrets(dir, [], { budgetMs: 60_000 })).keysInHistory).toBe(1);
  git('gc', '-q', '--prune=now');
  expect((await scanForSecrets(dir, [], { budgetMs: 60_000 })).keysInHistory).toBe(1);
  // A known one is refused there, and no path to leave out is offered: it would hide the next one, too.
  await expect(
    scanForSecrets(dir, [{ id: 'llm', value: new Secret(key) }], { budgetMs: 60_000 }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/the real secret "llm": .*git history/),
    remedy: expect.not.stringContaining('unsearched'),
  });
});

test('of public packages the test keys are let be, known secrets are not', async () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  write('node_modules/tls/test/key.pem', key);
  expect((await scan()).files).toBe(1);
  write('node_modules/tls/x', value);
  await found('node_modules/tls/x:1');
  write('key.pem', key);
  rmSync(join(dir, 'node_modules'), { recursive: true });
  await found('what looks like a private key: key.pem:1');
});

/** For root each file can be read: the search runs as a user that owns the directory then. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  execFileSync('chown', ['-R', '65534', dir]);
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const unreadable = (message: string, unsearched: string[] = []) =>
  asOrdinaryUser(() =>
    expect(scanForSecrets(dir, secrets, { budgetMs: 60_000, unsearched })).rejects.toMatchObject({
      code: 'WORKDIR_UNSEARCHED',
      message: expect.stringContaining(`not mounted: ${message} cannot be read,`),
      remedy: expect.stringMatching(/chmod u\+rX.*unsearched: \[/),
    }),
  );

test('E7: a file or a directory that cannot be read refuses: the agent may make it readable for itself', async () => {
  await scan(); // what it loads is loaded
  write('open', 'x');
  write('a/closed', value);
  chmodSync(join(dir, 'a/closed'), 0);
  await unreadable('a/closed');
  write('b/c/d', value);
  chmodSync(join(dir, 'b/c'), 0);
  await unreadable('b/c', ['a/closed']);
  chmodSync(join(dir, 'b/c'), 0o444); // its list can be read, its files cannot
  await unreadable('b/c/d', ['a']);
  expect(
    await asOrdinaryUser(() =>
      scanForSecrets(dir, secrets, { budgetMs: 60_000, unsearched: ['a/closed', 'b/c'] }),
    ),
  ).toMatchObject({ files: 1 });
  chmodSync(join(dir, 'b/c'), 0o700);
  rmSync(join(dir, 'b'), { recursive: true });
  for (const name of ['1', '2', '3', '4']) {
    write(`a/${name}`, 'x');
    chmodSync(join(dir, 'a', name), 0);
  }
  await asOrdinaryUser(() => expect(scan()).rejects.toThrow(/a\/\S+, a\/\S+, a\/\S+ and 2 more cannot/));
  chmodSync(dir, 0);
  await unreadable('.');
  chmodSync(dir, 0o700);
});

test.skipIf(process.geteuid?.() !== 0)(
  "root's lost+found at the top of a file system refuses nothing; anywhere else, or the user's own, it does",
  async () => {
    await scan();
    write('open', 'x');
    write('lost+found/#12', value);
    chmodSync(join(dir, 'lost+found'), 0o700);
    const search = async (owner: number, path: string) => {
      execFileSync('chown', ['-R', '65534', dir]);
      execFileSync('chown', [`${owner}`, join(dir, path)]);
      chmodSync(join(dir, path), owner === 0 ? 0o700 : 0);
      process.seteuid?.(65534);
      try {
        return await scanForSecrets(dir, secrets, { budgetMs: 60_000 });
      } finally {
        process.seteuid?.(0);
      }
    };
    expect(await search(0, 'lost+found')).toMatchObject({ files: 1 });
    await expect(search(65534, 'lost+found')).rejects.toThrow('lost+found cannot be read');
    rmSync(join(dir, 'lost+found'), { recursive: true });
    write('b/lost+found/#14', value);
    await expect(search(0, 'b/lost+found')).rejects.toThrow('b/lost+found cannot be read');
  },
);

test('a secret that is found is told before what cannot be read', async () => {
  await scan();
  write('closed', 'x');
  chmodSync(join(dir, 'closed'), 0);
  write('z/key', value);
  await asOrdinaryUser(() => found('z/key:1'));
});

test('what is gone by the time it is opened, or a link then, refuses nothing', async () => {
  for (const name of ['a', 'b', 'c']) write(name, 'x');
  // The third look at the clock follows upon the directory's list.
  let looks = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    looks += 1;
    if (looks === 3) {
      rmSync(join(dir, 'a'));
      rmSync(join(dir, 'b'));
      symlinkSync('c', join(dir, 'b'));
    }
    return 0;
  });
  try {
    expect((await scan()).files).toBe(1);
  } finally {
    clock.mockRestore();
  }
});
