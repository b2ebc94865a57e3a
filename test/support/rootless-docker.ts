// A Docker Engine of an ordinary user of a test's own, started as Docker's dockerd-rootless.sh does.
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { endEngine, type OtherEngine, startEngine } from './other-engine.js';
import type { RootlessUser } from './rootless-user.js';

/** What dockerd and the tools beside it must not find of the machine's own engine, in the copy of /run that they see. */
const startDockerd = 'rm -f /run/docker /run/containerd /run/xtables.lock; exec dockerd --rootless "$@"';

export class RootlessDocker implements OtherEngine {
  readonly address: string;
  readonly user: RootlessUser;
  #service: ChildProcess | undefined;

  constructor(user: RootlessUser) {
    this.user = user;
    // Where tradebox looks for it.
    this.address = `unix://${user.runtimeDir}/docker.sock`;
  }

  async start(): Promise<void> {
    const { address, user } = this;
    const root = user.directory('docker');
    const below = (name: string) => path.join(root, name);
    const network = ['--net=slirp4netns', '--mtu=65520', '--disable-host-loopback', '--port-driver=builtin'];
    const mounts = ['--copy-up=/etc', '--copy-up=/run', '--propagation=rslave'];
    const places = ['--data-root', below('data'), '--exec-root', below('exec'), '--pidfile', below('pid')];
    const argv = user.argv(
      ...['rootlesskit', `--state-dir=${below('rootlesskit')}`, ...network, ...mounts],
      ...['sh', '-c', startDockerd, 'sh', ...places, '--host', address],
    );
    const log = path.join(user.root, 'dockerd.log');
    this.#service = await startEngine(argv, { address, log, env: process.env });
  }

  async stop(): Promise<void> {
    await endEngine(this.#service);
    await this.user.remove();
  }
}
