// An ordinary user whom only its own programs know: the lists of users and the network's tunnel device that they see are those of a
// mount namespace of theirs, so that nothing of this machine is changed, and nothing stays when a test is killed. Needs root.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Ids that a user of user namespaces has for others. */
const rangeSize = 65_536;

/** Runs what follows the uid in the namespace, as the user. */
const enter = `set -e
for file in passwd group subuid subgid; do mount --bind "$1/$file" "/etc/$file"; done
mount --bind "$1/tun" /dev/net/tun
uid=$2; shift 2
exec setpriv --reuid="$uid" --regid="$uid" --clear-groups "$@"`;

export class RootlessUser {
  /** Far from those that machines give out; its range follows it. */
  readonly uid = 1_000_000_000 + randomInt(10_000) * 100_000;
  readonly root = mkdtempSync(path.join(tmpdir(), 'tradebox-rootless-'));
  readonly home = this.directory('home');
  readonly runtimeDir = this.directory('run');
  readonly #lists = path.join(this.root, 'lists');

  constructor() {
    // Others may pass, as they may in /home.
    for (const directory of [this.root, this.#lists]) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o755);
    }
    const list = (name: string) => path.join(this.#lists, name);
    for (const name of ['passwd', 'group']) copyFileSync(`/etc/${name}`, list(name));
    appendFileSync(list('passwd'), `tradebox-test:x:${this.uid}:${this.uid}::${this.home}:/bin/sh\n`);
    appendFileSync(list('group'), `tradebox-test:x:${this.uid}:\n`);
    for (const name of ['subuid', 'subgid']) {
      writeFileSync(list(name), `tradebox-test:${this.uid + 1}:${rangeSize}\n`, { mode: 0o644 });
    }
    // What /dev/net/tun is (kernel, networking/tuntap.rst); distributions let everybody open it.
    execFileSync('mknod', ['--mode=666', list('tun'), 'c', '10', '200']);
  }

  /** The words that run a program as this user; without DOCKER_HOST, so that it looks for its engine itself. */
  argv(...words: readonly string[]): [string, ...string[]] {
    const variables = [`HOME=${this.home}`, 'USER=tradebox-test', `XDG_RUNTIME_DIR=${this.runtimeDir}`];
    const unset = Object.keys(process.env).flatMap((name) =>
      /^(DOCKER|XDG)_/.test(name) ? ['-u', name] : [],
    );
    return [
      'unshare',
      ...['--mount', '--propagation', 'slave', 'sh', '-c', enter, 'sh', this.#lists, String(this.uid)],
      ...['env', ...unset, ...variables, ...words],
    ];
  }

  /** Runs a program to its end and returns what it printed. Throws with its standard error. */
  run(...words: readonly string[]): string {
    const [program, ...args] = this.argv(...words);
    return execFileSync(program, args, {
      encoding: 'utf8',
      cwd: this.home,
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Gives it everything below a directory. */
  give(directory: string): void {
    execFileSync('chown', ['-R', `${this.uid}:${this.uid}`, directory]);
  }

  /** A new directory of its own. */
  directory(name: string): string {
    const directory = path.join(this.root, name);
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, this.uid, this.uid);
    return directory;
  }

  /** Ends every process that runs as this user or by an id of its range, and removes its files. */
  async remove(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const own = this.#processes();
      if (own.length === 0) break;
      for (const pid of own) endProcess(pid, tries < 20 ? 'SIGTERM' : 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  #processes(): number[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      const status = readIfThere(`/proc/${name}/status`);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      const isOver = /^State:\s+Z/m.test(status);
      return !isOver && uid >= this.uid && uid <= this.uid + rangeSize ? [Number(name)] : [];
    });
  }
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // it ended meanwhile
  }
}
