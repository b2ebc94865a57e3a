// The engine as a bystander sees it, through the docker CLI: tests must not trust tradebox's own view of the engine.
import { execFile, execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';

/** More than any list, log or file that a test prints; an export goes to a file. */
const maxOutputBytes = 256 * 1024 * 1024;

/** Runs the docker CLI and returns its standard output; throws with its standard error. */
export function docker(...args: string[]): string {
  return dockerBytes(...args)
    .toString('utf8')
    .trim();
}

/** The same while this process goes on serving others. */
export async function dockerBeside(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, {
    maxBuffer: maxOutputBytes,
    timeout: 300_000,
  });
  return stdout.trim();
}

/** The same as bytes. */
export function dockerBytes(...args: string[]): Buffer {
  return execFileSync('docker', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: maxOutputBytes,
    timeout: 300_000,
  });
}

/** Everything the engine still holds under a label filter, one line each, e.g. `container tradebox-x-agent`. */
export function labelledObjects(label: string): string[] {
  const filter = ['--filter', `label=${label}`];
  const lines = (kind: string, text: string) =>
    text.split('\n').flatMap((line) => (line ? [`${kind} ${line}`] : []));
  return [
    ...lines('container', docker('ps', '-a', ...filter, '--format', '{{.Names}}')),
    ...lines('network', docker('network', 'ls', ...filter, '--format', '{{.Name}}')),
    ...lines('volume', docker('volume', 'ls', ...filter, '--format', '{{.Name}}')),
  ];
}

/** Removes what `labelledObjects` listed. */
export function removeObjects(objects: readonly string[]): void {
  const named = (kind: string) =>
    objects.flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []));
  if (named('container').length > 0) docker('rm', '-f', '-v', ...named('container'));
  for (const network of named('network')) docker('network', 'rm', network);
  for (const volume of named('volume')) docker('volume', 'rm', '-f', volume);
}

/** The containers of a box by role, as `docker inspect` objects. */
export function inspectBox(name: string): Record<'agent' | 'sidecar', ContainerView> {
  const view = (role: 'agent' | 'sidecar') =>
    (JSON.parse(docker('inspect', containerId(name, role))) as ContainerView[])[0] as ContainerView;
  return { agent: view('agent'), sidecar: view('sidecar') };
}

/** Engine id of a box's container, running or not. */
export function containerId(name: string, role: 'agent' | 'sidecar'): string {
  const id = docker(
    'ps',
    '-aq',
    '--filter',
    `label=tradebox.box=${name}`,
    '--filter',
    `label=tradebox.role=${role}`,
  );
  if (id === '') throw new Error(`box ${name} has no ${role} container`);
  return id;
}

/** The part of `docker inspect` that tests read. */
export interface ContainerView {
  Id: string;
  Created: string;
  Name: string;
  Image: string;
  State: { Running: boolean; Status: string; Pid: number; ExitCode: number };
  Config: { Image: string; Env: string[]; Labels: Record<string, string> };
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Gateway: string }> };
  Mounts: { Type: string; Source: string; Destination: string }[];
}

/** An address of the host that containers reach: that of the default bridge, else the first that is not loopback. */
export function hostAddress(): string {
  const interfaces = networkInterfaces();
  const addresses = [interfaces.docker0, ...Object.values(interfaces)].flatMap((list) => list ?? []);
  const found = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this host has no address but loopback');
  return found.address;
}
