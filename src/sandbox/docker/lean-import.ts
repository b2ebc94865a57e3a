// Loads dockerode without its BuildKit session (grpc, protobuf) and, unless asked for, its SSH transport (ssh2).
// Both are required at import time and unused here: 165 ms → 45 ms of every command's start.
import { createRequire } from 'node:module';

type Require = ReturnType<typeof createRequire>;

/** `require('dockerode')`, lean. The stand-ins are taken out of the module cache again, so others get the real packages. */
export function requireDockerode(options: { needsSsh: boolean }): unknown {
  const fromHere = createRequire(import.meta.url);
  const fromDockerode = createRequire(fromHere.resolve('dockerode'));
  const fromModem = createRequire(fromDockerode.resolve('docker-modem'));
  const unused: [Require, string][] = [
    [fromDockerode, '@grpc/grpc-js'],
    [fromDockerode, '@grpc/proto-loader'],
  ];
  if (!options.needsSsh) unused.push([fromModem, 'ssh2']);
  const standIns = unused.flatMap(([from, name]) => putStandIn(from, name));
  try {
    return fromHere('dockerode');
  } finally {
    for (const takeOut of standIns) takeOut();
  }
}

function putStandIn(from: Require, name: string): (() => void)[] {
  let path: string;
  try {
    path = from.resolve(name);
  } catch {
    return []; // a later dockerode without that dependency
  }
  if (from.cache[path] !== undefined) return [];
  const standIn = { id: path, filename: path, path, loaded: true, exports: {}, children: [], paths: [] };
  from.cache[path] = standIn as unknown as NodeJS.Module;
  return [() => delete from.cache[path]];
}
