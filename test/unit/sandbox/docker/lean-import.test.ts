import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What a fresh process has loaded after the import. */
function loadedBy(needsSsh: boolean): { modules: string[]; kind: string; grpcIsWhole: boolean } {
  const script = `
    import { createRequire } from 'node:module';
    import { requireDockerode } from './src/sandbox/docker/lean-import.ts';
    const Dockerode = requireDockerode({ needsSsh: ${needsSsh} });
    new Dockerode({ socketPath: '/nonexistent' });
    const require = createRequire(process.cwd() + '/src/x.js');
    const modules = Object.keys(require.cache);
    const grpc = createRequire(require.resolve('dockerode'))('@grpc/grpc-js');
    process.stdout.write(JSON.stringify({ modules, kind: typeof Dockerode, grpcIsWhole: 'Server' in grpc }));
  `;
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

test('dockerode comes without grpc, protobuf and ssh2, which others still get whole', () => {
  const { modules, kind, grpcIsWhole } = loadedBy(false);
  expect(kind).toBe('function');
  expect(modules.some((path) => path.includes('/dockerode/'))).toBe(true);
  expect(modules.filter((path) => /\/(@grpc|protobufjs|ssh2)\//.test(path))).toEqual([]);
  expect(grpcIsWhole).toBe(true);
});

test('an ssh endpoint gets its transport', () => {
  expect(loadedBy(true).modules.some((path) => path.includes('/ssh2/'))).toBe(true);
});
