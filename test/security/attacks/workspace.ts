// ATTACKS E6, E7: the working directory as a way to the host, and as a way for a real secret into the box.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dockerBeside } from '../../support/docker.js';
import { type Attack, gains, type Variant, variant } from './attack.js';
import { Place } from './place.js';
import { ownFiles, secretNames, type World } from './world.js';

/** Files that programs of the host run or obey when a person next works in the directory. */
const planted: Readonly<Record<string, string>> = {
  '.git/hooks/post-checkout': '#!/bin/sh\ntouch /tmp/owned\n',
  '.git/config': '[core]\n\tfsmonitor = "touch /tmp/owned"\n',
  '.envrc': 'touch /tmp/owned\n',
  '.vscode/tasks.json': '{"tasks":[]}\n',
  '.claude/settings.json': '{"hooks":{}}\n',
  // It is there already: neither another in its place nor nothing.
  '.vscode/settings.json': '{"owned":true}\n',
};

const e6: Attack = {
  id: 'E6',
  title: 'planting files that the host executes; links out; devices; setuid; .. in a tar',
  // What is above the directories is one place.
  isApart: true,
  setting: 'a plain docker run as root with the directory mounted',
  isPlain: true,
  attempt: (place, world) => plantAndLeave(place, world, world.workdir),
  async control(world, plain) {
    const dir = world.home.workdir(ownFiles);
    const made = await withMount(world, plain, dir, (place) => plantAndLeave(place, world, dir));
    // What leads out of one mount needs more than that one to lead to.
    const beside = world.home.workdir(ownFiles);
    const above = await withMount(
      world,
      plain,
      beside,
      (place) => plantAndLeave(place, world, beside),
      world.home.root,
    );
    const won = new Set([...gains(made), ...gains(above)].map(({ name }) => name));
    const never = made.filter(({ name }) => !won.has(name));
    if (never.length > 0)
      throw new Error(`nowhere seen to succeed: ${never.map(({ name }) => name).join(', ')}`);
    return made;
  },
};

async function plantAndLeave(place: Place, world: World, dir: string): Promise<Variant[]> {
  return [...(await plant(place, dir)), ...(await leave(place, world, dir))];
}

/**
 * A container like a plain one and on its network, of root, with a directory as /workspace; `above`: a directory of the host around it
 * is mounted at its own path, and /workspace leads there.
 */
async function withMount<T>(
  world: World,
  plain: Place,
  dir: string,
  act: (place: Place) => Promise<T>,
  above?: string,
): Promise<T> {
  const mount = above === undefined ? `${dir}:/workspace` : `${above}:${above}`;
  const words = ['-d', '--init', '--user', '0', '--network', `container:${plain.container}`, '-v', mount];
  const lead = above === undefined ? '' : `rm -rf /workspace && ln -s ${dir} /workspace && `;
  const line = `${lead}exec sleep infinity`;
  const container = await dockerBeside('run', ...words, '--entrypoint', 'sh', world.image, '-c', line);
  const place = new Place({ kind: 'docker', container, hostAddress: plain.hostAddress, testPort: 0 });
  try {
    return await act(place);
  } finally {
    // What root made there, who runs this may not be allowed to remove.
    await place.sh('rm -rf /workspace/* /workspace/.[!.]*');
    place.close();
    await dockerBeside('rm', '-f', container);
  }
}

async function plant(place: Place, dir: string): Promise<Variant[]> {
  await place.run(async (tools, files) => {
    const fs = tools.require('node:fs') as typeof import('node:fs');
    for (const [name, text] of Object.entries(files)) {
      try {
        fs.mkdirSync(`/workspace/${name.slice(0, name.lastIndexOf('/') + 1)}`, { recursive: true });
        fs.writeFileSync(`/workspace/${name}`, text, { mode: 0o755 });
      } catch {
        // Refused: the host side of the test sees nothing of it.
      }
    }
  }, planted);
  const kept = Object.entries(ownFiles).map(([name, text]) => {
    const isKept = readOnHost(path.join(dir, name)) === text;
    return variant(`${name} that was there`, !isKept && `${name} was changed on the host`, 'as it was');
  });
  const made = Object.entries(planted).map(([name, text]) => {
    const found = readOnHost(path.join(dir, name));
    return variant(name, found === text && `${name} was planted for the host`, 'not on the host');
  });
  return [...made, ...kept];
}

async function leave(place: Place, world: World, dir: string): Promise<Variant[]> {
  const tar = '.. in a tar';
  const outside = path.join(world.home.root, 'outside');
  writeFileSync(outside, 'host only');
  const names = {
    'a symbolic link out': `ln -sf ${outside} /workspace/link && cat /workspace/link`,
    'a link to the root': `ln -sfn / /workspace/root && cat /workspace/root${outside}`,
    'a hard link': `ln ${outside} /workspace/hard`,
    'a device node': 'mknod /workspace/device b 8 0',
    'a setuid program': `cp /usr/bin/id /workspace/id && { chown 65534 /workspace/id 2>/dev/null; chmod 4755 /workspace/id; } && [ "$(/workspace/id -u)" != "$(id -u)" ]`,
    [tar]: `python3 - <<'X'
import io, tarfile, os, sys
with tarfile.open('/tmp/x.tar', 'w') as t:
    i = tarfile.TarInfo('../escaped'); i.size = 1; t.addfile(i, io.BytesIO(b'x'))
X
tar -C /workspace -xPf /tmp/x.tar`,
  };
  const codes = await place.run(
    (tools, lines) => Promise.all(lines.map(async (line) => (await tools.sh(line)).code)),
    Object.values(names),
  );
  const above = path.join(path.dirname(dir), 'escaped');
  const escaped = readOnHost(above);
  rmSync(above, { force: true });
  return [
    // What a tar holds may land in the container's own root: the host is the judge.
    ...Object.keys(names).flatMap((name, index) =>
      name === tar
        ? []
        : [variant(name, codes[index] === 0 && `${name}: it led out`, `exit ${codes[index]}`)],
    ),
    variant(tar, escaped !== undefined && 'it lies on the host', 'nothing above it'),
  ];
}

function readOnHost(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

const e7: Attack = {
  id: 'E7',
  title: 'a real secret already in the working directory: refused with the file and line',
  setting: 'a plain docker run with the directory mounted',
  isPlain: true,
  async attempt(_place, world) {
    const { api } = world.secrets;
    const env = { [secretNames.api]: api, [secretNames.model]: world.secrets.model };
    const forms = {
      raw: api,
      base64: Buffer.from(api).toString('base64'),
      hex: Buffer.from(api).toString('hex'),
    };
    const refused = async (name: string, written: string, options: readonly string[] = [], more = {}) => {
      const dir = withSecret(world, written);
      const words = ['run', 'target', dir, '--paper', '--name', world.home.boxName('e7'), '--detach'];
      const result = await world.home.run([...words, ...options], { env: { ...env, ...more } });
      const isRefused =
        result.code === 2 && result.stderr.includes('deep/.env:2') && !result.stderr.includes(written);
      return variant(name, !isRefused && `${name}: exit ${result.code}`, 'refused: deep/.env:2');
    };
    // An account that a box on paper does not get.
    const elsewhere = randomBytes(24).toString('base64');
    const accounts = world.home.writePrivate('elsewhere.yaml', elsewhereConfig);
    return Promise.all([
      ...Object.entries(forms).map(([name, written]) => refused(name, written)),
      refused('of an account that is not attached', elsewhere, ['--config', accounts], {
        E7_KEY: randomBytes(24).toString('hex'),
        E7_SECRET: elsewhere,
      }),
      refused('a key of no configuration, by its look', `ghp_${randomBytes(18).toString('hex')}`),
    ]);
  },
  async control(world, plain) {
    const dir = withSecret(world, world.secrets.api);
    const { stdout } = await withMount(world, plain, dir, (place) =>
      place.exec(['cat', '/workspace/deep/.env']),
    );
    return [variant('raw', stdout.includes(world.secrets.api) && 'the agent reads the real key')];
  },
};

const elsewhereConfig = `version: 1
accounts:
  elsewhere: { venue: kraken, environment: live, credentials: { apiKey: "env:E7_KEY", secret: "env:E7_SECRET" } }
`;

function withSecret(world: World, written: string): string {
  const dir = world.home.workdir();
  mkdirSync(path.join(dir, 'deep'));
  writeFileSync(path.join(dir, 'deep', '.env'), `A=1\nKEY=${written}\n`);
  return dir;
}

export const workspaceAttacks: readonly Attack[] = [e6, e7];
