// Processes under measurement: started, waited for by port, read from /proc, ended by their own id.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks a second of /proc's CPU times on Linux (sysconf _SC_CLK_TCK). */
const ticksPerSecond = 100;

export interface Server {
  child: ChildProcess;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a server and waits until it accepts connections on 127.0.0.1. Throws with its output when it does not within 20 s. */
export async function startServer(
  program: string,
  args: readonly string[],
  port: number,
  options: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Server> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => undefined);
  // The sidecar lives as long as its standard input is open.
  if (options.input === undefined) child.stdin.end();
  else child.stdin.write(options.input);
  const server = serverOf(child);
  const startedMs = Date.now();
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() - startedMs > 20_000) {
      child.kill('SIGKILL');
      throw new Error(`${program} does not listen on ${port}:\n${output}`);
    }
    await sleep(20);
  }
  return server;
}

/** A started process, ended by its own id: at once when it does not end within 3 s. */
export function serverOf(child: ChildProcess): Server {
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    child,
    pid: child.pid as number,
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(force);
    },
  };
}

/** CPU time of a process and its children in microseconds. */
export function cpuMicros(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const fields = statFields(member);
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
  }, 0);
}

/** Resident memory of a process and its children in MB. */
export function residentMb(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const status = readFileSync(`/proc/${member}/status`, 'utf8');
    return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }, 0);
}

function family(pid: number): number[] {
  const members = [pid];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Number(statFields(Number(name))[1]) === pid) members.push(...family(Number(name)));
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return members;
}

/** Fields of /proc/<pid>/stat after the command's closing parenthesis: [0] state, [1] parent, [11] user, [12] system time. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
