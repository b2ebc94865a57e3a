// The Node that the sidecar's image holds: what users run, whatever this machine has.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Copies it out of the newest sidecar image; undefined where there is none. Throws when the copy does not run. */
export function nodeOfImage(directory: string): { file: string; version: string } | undefined {
  const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
  const [image = ''] = docker('images', '--quiet', '--no-trunc', 'tradebox/sidecar').split('\n');
  if (image === '') return undefined;
  const file = path.join(directory, image.replace(/\W/g, '-'), 'node');
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const container = docker('create', image);
    try {
      docker('cp', '--follow-link', `${container}:/usr/local/bin/node`, file);
    } finally {
      docker('rm', container);
    }
  }
  return { file, version: execFileSync(file, ['--version'], { encoding: 'utf8' }).trim() };
}
