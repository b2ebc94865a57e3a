// The peer @anthropic-ai/sandbox-runtime: installed when the bench runs, its own proxy with its own authority, swapping the one header.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/** Arguments for Node. Its network proxy alone, as its manager starts it: every host allowed, TLS ended, one header replaced. */
export function sandboxRuntimeArgs(
  directory: string,
  installed: string,
  port: number,
  realKey: string,
): string[] {
  const program = path.join(directory, 'sandbox-runtime.mjs');
  const part = (name: string) => JSON.stringify(path.join(installed, 'dist/sandbox', name));
  writeFileSync(
    program,
    `import { createHttpProxyServer } from ${part('http-proxy.js')};
import { createMitmCA } from ${part('mitm-ca.js')};
createHttpProxyServer({
  filter: () => true,
  mitmCA: createMitmCA({}),
  mutateHeaders: (headers) => { headers['ok-access-key'] = ${JSON.stringify(realKey)}; },
}).listen(${port}, '127.0.0.1');
`,
  );
  return [program];
}
