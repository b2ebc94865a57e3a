// The peer @anthropic-ai/sandbox-runtime: installed when the bench runs, its proxy as its own manager starts it, one credential masked.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, serverOf } from './processes.js';

export const sandboxRuntimeVersion = '0.0.83';
const packageName = '@anthropic-ai/sandbox-runtime';

/** Installs it below a directory, once; undefined when it cannot be had. */
export function installSandboxRuntime(directory: string): string | undefined {
  const place = path.join(directory, `sandbox-runtime-${sandboxRuntimeVersion}`);
  const installed = path.join(place, 'node_modules', packageName);
  if (existsSync(installed)) return installed;
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, 'package.json'), '{ "private": true }\n');
  const words = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    // It runs on the image's Node, whatever npm runs on here.
    '--engine-strict=false',
    `${packageName}@${sandboxRuntimeVersion}`,
  ];
  try {
    execFileSync('npm', words, { cwd: place, stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 });
    return installed;
  } catch {
    return undefined;
  }
}

export interface SandboxRuntime extends Server {
  /** Port of its proxy on 127.0.0.1. */
  port: number;
  /** What its proxy wants to see in `Proxy-Authorization`. */
  authorization: string;
  /** What a sandboxed command sees in place of the credential; its proxy puts the real value in. */
  sentinel: string;
}

/**
 * Starts its proxy through its own public manager, as its users do: an allow-list, TLS ended, one credential masked. No command
 * runs in its sandbox, so the relay between that and its proxy is not in the figures. Throws with its output when it does not
 * start within 20 s.
 */
export async function startSandboxRuntime(options: {
  directory: string;
  installed: string;
  node: string;
  /** The only host, and its address: it dials an address of this machine only where that is listed, too. */
  allowed: readonly string[];
  /** PEM file of the upstream's authority. */
  ca: string;
  realKey: string;
}): Promise<SandboxRuntime> {
  const program = path.join(options.directory, 'sandbox-runtime.mjs');
  const settings = {
    network: { allowedDomains: options.allowed, deniedDomains: [], tlsTerminate: {} },
    filesystem: { denyRead: [], allowWrite: [], denyWrite: [] },
    credentials: { envVars: [{ name: 'VENUE_KEY', mode: 'mask' }] },
  };
  writeFileSync(
    program,
    `import { SandboxManager } from ${JSON.stringify(path.join(options.installed, 'dist/index.js'))};
await SandboxManager.initialize(${JSON.stringify(settings)});
const command = await SandboxManager.wrapWithSandbox('true');
const [sentinel] = /fake_value_[a-z0-9_-]+/.exec(command);
console.log(JSON.stringify({ port: SandboxManager.getProxyPort(), token: SandboxManager.getProxyAuthToken(), sentinel }));
setInterval(() => {}, 60_000);
`,
  );
  const child = spawn(options.node, [program], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: options.ca, VENUE_KEY: options.realKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = serverOf(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4000);
    });
  }
  const startedMs = Date.now();
  while (!/^\{.*\}$/m.test(output)) {
    if (child.exitCode !== null || Date.now() - startedMs > 20_000) {
      child.kill('SIGKILL');
      throw new Error(`sandbox-runtime does not start:\n${output}`);
    }
    await sleep(20);
  }
  const [line = ''] = /^\{.*\}$/m.exec(output) ?? [];
  const { port, token, sentinel } = JSON.parse(line) as { port: number; token: string; sentinel: string };
  const authorization = `Basic ${Buffer.from(`srt:${token}`).toString('base64')}`;
  return { ...server, port, sentinel, authorization };
}
