// A container that attacks are made from: the agent of a box, a plain `docker run`, or one on a plain internal network.
import { spawn } from 'node:child_process';
import type { IsolationId } from '../../../src/core/isolation.js';
import { execPlanAt } from '../../../src/sandbox/isolation/level-of.js';
import { throughDoor } from './door.js';
import { Resident, residentCommand } from './resident.js';
import { makeTools, type Tools } from './tools.js';

export type PlaceKind = 'box' | 'docker' | 'internal';

export interface Upstream {
  host: string;
  port: number;
  /** Present where the name has to be led to an address by hand. */
  address?: string;
}

export class Place {
  readonly kind: PlaceKind;
  readonly container: string;
  /** Of the box; a plain place is a container. */
  readonly isolation: IsolationId;
  /** How this place names an address of the host. */
  readonly hostAddress: string;
  readonly #testPort: number;
  /** Where QEMU translates every instruction, a program needs ten times its time. */
  readonly #slowness: number;
  #resident: Resident | undefined;
  readonly #variables = new Map<string, Promise<string>>();

  constructor(options: {
    kind: PlaceKind;
    container: string;
    hostAddress: string;
    testPort: number;
    isolation?: IsolationId;
  }) {
    this.kind = options.kind;
    this.isolation = options.isolation ?? 'container';
    this.#slowness = this.isolation === 'vm' ? 10 : 1;
    this.container = options.container;
    this.hostAddress = options.hostAddress;
    this.#testPort = options.testPort;
  }

  /** Where a test host is reached from here: by its name in a box, straight at the host's address elsewhere. */
  upstream(host: string): Upstream {
    if (this.kind === 'box') return { host, port: 443 };
    return { host, port: this.#testPort, address: this.hostAddress };
  }

  /** Runs a program in the container, as the container's user and with its environment. Throws when it fails. */
  async run<A, R>(
    program: (tools: Tools, argument: A) => Promise<R>,
    argument: A,
    timeoutMs = 60_000,
  ): Promise<R> {
    // The loader of tests may name functions through a function of its own; here it does nothing.
    const literal = JSON.stringify(argument ?? null).replaceAll('\u2028', '\\u2028');
    const source = `const __name = (f) => f; const __vite_ssr_import_meta__ = {};
const tools = (${makeTools.toString()})(require, ${this.#slowness});
return (${program.toString()})(tools, ${literal});`;
    if (this.#resident === undefined || this.#resident.hasEnded)
      this.#resident = new Resident(this.#argvOf(residentCommand));
    return (await this.#resident.run(source, timeoutMs * this.#slowness)) as R;
  }

  /** Ends the process that runs its programs. */
  close(): void {
    this.#resident?.close();
  }

  /** Runs a command in the container to its end. */
  exec(
    command: readonly string[],
    input = '',
    timeoutMs = 60_000,
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const [docker = '', ...words] = this.#argvOf(command);
    const child = spawn(docker, words, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs * this.#slowness);
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code: code ?? -1, stdout, stderr });
      });
    });
  }

  #argvOf(command: readonly string[]): string[] {
    // Where the agent is: at `vm` the engine's own exec would end in the container around its machine.
    const { argv } = execPlanAt(this.isolation, {
      argv: this.isolation === 'gvisor' ? throughDoor(command) : command,
      hasTerminal: false,
      hasStdin: true,
    });
    return ['docker', 'exec', '-i', this.container, ...argv];
  }

  /** A variable of the container's environment, which stays as it is; asked once. */
  variable(name: string): Promise<string> {
    const known = this.#variables.get(name) ?? this.sh(`printf %s "$${name}"`).then(({ stdout }) => stdout);
    this.#variables.set(name, known);
    return known;
  }

  /** Runs a line of shell in the container. */
  sh(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.exec(['sh', '-c', line]);
  }
}
