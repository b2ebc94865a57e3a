// A Node process that stays in a container and runs the attacker's programs, one or many at once: where QEMU translates, to begin one
// takes longer than most attacks.
import { type ChildProcess, spawn } from 'node:child_process';

/** Runs in the container: one program for each line of its input, one line of output for each that has ended. */
const server = `
process.on('uncaughtException', (error) => { process.stderr.write(String(error.stack)); process.exit(1); });
process.stdin.setEncoding('utf8');
let text = '';
process.stdin.on('data', (chunk) => {
  const lines = (text + chunk).split('\\n');
  text = lines.pop();
  for (const line of lines) {
    const { id, source } = JSON.parse(line);
    const tell = (outcome) => process.stdout.write(JSON.stringify({ id, ...outcome }) + '\\n');
    (async () => new Function('require', source)(require))().then(
      (result) => tell({ result: result ?? null }),
      (error) => tell({ problem: String(error.stack) }),
    );
  }
});
process.stdin.on('end', () => process.exit(0));
`;

export const residentCommand: readonly string[] = ['node', '-e', server];

interface Waiting {
  resolve(result: unknown): void;
  reject(problem: Error): void;
}

export class Resident {
  readonly #waiting = new Map<number, Waiting>();
  readonly #child: ChildProcess;
  #text = '';
  #problems = '';
  #count = 0;
  #hasEnded = false;

  /** @param argv The command of this machine that starts `residentCommand` in a container, its input and output open. */
  constructor([program = '', ...words]: readonly string[]) {
    const child = spawn(program, words, { stdio: 'pipe' });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#problems += chunk.toString('utf8');
    });
    child.on('error', (error) => this.#end(error.message));
    child.on('close', (code) => this.#end(`exit ${code}`));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Runs the body of a function of `require` and gives what its promise gives. Throws when it fails, or its process, or at the time. */
  run(source: string, timeoutMs: number): Promise<unknown> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(), timeoutMs);
      const settled = <T>(act: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#waiting.delete(id);
          act(value);
        };
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      if (this.#hasEnded) this.#end('it has ended');
      else this.#child.stdin?.write(`${JSON.stringify({ id, source })}\n`);
    });
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #take(chunk: string): void {
    const lines = (this.#text + chunk).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const { id, result, problem } = JSON.parse(line) as { id: number; result?: unknown; problem?: string };
      if (problem === undefined) this.#waiting.get(id)?.resolve(result);
      else this.#waiting.get(id)?.reject(new Error(`the program failed: ${problem.slice(0, 1500)}`));
    }
  }

  #end(reason: string): void {
    this.#hasEnded = true;
    const problem = new Error(`the programs’ process ended (${reason}): ${this.#problems.slice(-1500)}`);
    for (const one of [...this.#waiting.values()]) one.reject(problem);
  }
}
