// What a box is called that nobody named.
import { basename } from 'node:path';

/** The name of a box nobody named: profile and directory, as far as the rules of names allow. */
export function defaultName(profile: string, workdir: string): string {
  const slug = basename(workdir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `${profile}-${slug}`.slice(0, 40).replace(/-+$/, '');
}
