// What a box's agent is handed while it waits at the gate: a directory of the host, mounted read-only, that holds the box's
// certificate and then the flag, and its resolv.conf where the engine's would not do. Writing a file here costs no call of the engine.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { boxPaths } from './box-paths.js';
import type { Mount } from './docker/shapes.js';
import { agentPaths } from './environment.js';
import { javaTrustStore } from './java-trust-store.js';

/**
 * The directory's mount, and that of `resolver`, the content of a resolv.conf. The directory holds nothing else: a flag that an older
 * box of this name left would open the gate too early (S11). Only for a name that no box has, since a box that lives looks into it.
 */
export function prepareHandover(stateDir: string, name: string, resolver?: string): Mount[] {
  const { handover } = boxPaths(stateDir, name);
  discardHandover(stateDir, name);
  mkdirSync(handover);
  chmodSync(handover, 0o755); // whatever the umask: the agent may have another uid in the engine's eyes
  const directory = { source: handover, target: agentPaths.handover, isReadOnly: true };
  if (resolver === undefined) return [directory];
  const source = join(handover, basename(agentPaths.resolver));
  put(source, resolver);
  return [directory, { source, target: agentPaths.resolver, isReadOnly: true }];
}

/** False for a box of a level that sees no handover, and for one that was made before its level did. */
export function hasHandover(stateDir: string, name: string): boolean {
  return existsSync(boxPaths(stateDir, name).handover);
}

/** B11: the certificate, never a key. Replaced whole: who reads it meanwhile has the old one or the new one. Throws what writing throws. */
export function handOverCertificate(stateDir: string, name: string, caPem: string): void {
  const { handover } = boxPaths(stateDir, name);
  put(join(handover, basename(agentPaths.certificate)), caPem);
  put(join(handover, basename(agentPaths.javaTrustStore)), javaTrustStore(caPem));
}

/** Opens the gate. */
export function raiseFlag(stateDir: string, name: string): void {
  put(join(boxPaths(stateDir, name).handover, basename(agentPaths.readyFlag)), '');
}

/**
 * Whether a file of the directory stays whole when the agent opens it with O_TRUNC: a runtime may answer that it is read-only and have
 * emptied it. `run` runs a command in the box. Undefined where there is no handover, or the agent does not see the file. Throws what
 * writing and `run` throw.
 */
export async function outlivesTruncation(
  stateDir: string,
  name: string,
  run: (argv: readonly string[]) => Promise<{ stdout: string }>,
): Promise<boolean | undefined> {
  if (!hasHandover(stateDir, name)) return undefined;
  const content = randomBytes(8).toString('hex');
  const file = join(boxPaths(stateDir, name).handover, `trial-${content}`);
  writeFileSync(file, content);
  try {
    chmodSync(file, 0o666); // nothing but the mount is to stop the agent
    const seen = join(agentPaths.handover, basename(file));
    const { stdout } = await run(['sh', '-c', 'cat "$0"; : > "$0"', seen]);
    return stdout.trim() === content ? readFileSync(file, 'utf8') === content : undefined;
  } finally {
    rmSync(file, { force: true });
  }
}

export function discardHandover(stateDir: string, name: string): void {
  rmSync(boxPaths(stateDir, name).handover, { recursive: true, force: true });
}

function put(file: string, content: string | Buffer): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, content);
  chmodSync(fresh, 0o644);
  renameSync(fresh, file);
}
