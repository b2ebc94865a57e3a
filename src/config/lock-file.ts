// What a lock file of npm opens at its registry: the tarballs that it names with their digests, and nothing else (S4). Pure.
// Formats: npm's "package-lock.json" (docs, configuring-npm), lockfileVersion 2 and 3; how npm takes an address for one at the
// configured registry: npm 11.19.1, @npmcli/arborist lib/arborist/reify.js #registryResolved, with `replace-registry-host` as it is.
import { z } from 'zod';

/** Those that are read; both are held read-only in a trade box (sandbox/shield/hot-paths.ts). */
export const lockFileNames = ['package-lock.json', 'npm-shrinkwrap.json'] as const;
export type LockFileName = (typeof lockFileNames)[number];

/** Larger ones are not read, in bytes. */
export const maxLockFileBytes = 16 * 1024 * 1024;
/** Characters of all paths together: rules go to a running sidecar as one line of at most a megabyte. */
const maxPathsLength = 768 * 1024;

export interface Registries {
  /** The configured one. */
  registry: URL;
  /** npm's own default, whose host stands in lock files for the configured one's; undefined where npm does not tell it. */
  standard: URL | undefined;
}

export interface LockedPackages {
  /** Paths at the configured registry, sorted, each once. */
  tarballs: string[];
  /** What npm would fetch and is not opened, by its place in the tree, and why. */
  left: { package: string; reason: string }[];
}

const entrySchema = z.object({
  /** Of a package that is installed under another name. */
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
});
type Entry = z.output<typeof entrySchema>;

const lockSchema = z.object({
  lockfileVersion: z.union([z.literal(2), z.literal(3)]),
  packages: z.record(z.string(), entrySchema),
});

/** Names and versions as npm's registry has them: nothing in them needs an escape in a path. */
const packageName = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/;
const packageVersion = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const longestName = 214;
const longestVersion = 256;
/** Subresource Integrity, section 3.5, with the digests that npm writes. */
const integrityList =
  /^sha(?:1|256|384|512)-[0-9A-Za-z+/]+={0,2}(?:\s+sha(?:1|256|384|512)-[0-9A-Za-z+/]+={0,2})*$/;

/** Reads a lock file's text. Throws Error saying what is wrong with it; no text of the file stands in it. */
export function readLockFile(text: string, registries: Registries): LockedPackages {
  const tarballs = new Set<string>();
  const left: LockedPackages['left'] = [];
  for (const [place, entry] of Object.entries(parse(text).packages)) {
    const at = place.lastIndexOf(nodeModules);
    // The project itself, its workspaces, links to them, and what comes inside of another tarball.
    if (at < 0 || entry.link === true || entry.inBundle === true) continue;
    const found = tarballOf(entry.name ?? place.slice(at + nodeModules.length), entry, registries);
    if ('path' in found) tarballs.add(found.path);
    else left.push({ package: place, reason: found.reason });
  }
  const paths = [...tarballs].sort();
  if (paths.reduce((sum, { length }) => sum + length, 0) > maxPathsLength)
    throw new Error('names more packages than can be opened');
  return { tarballs: paths, left };
}

const nodeModules = 'node_modules/';

function parse(text: string): z.output<typeof lockSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
  const parsed = lockSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const isOther = parsed.error.issues.some(({ path: [key] }) => key === 'lockfileVersion');
  throw new Error(isOther ? 'is not of lockfileVersion 2 or 3' : 'is not a lock file of npm');
}

function tarballOf(
  name: string,
  { version = '', resolved, integrity = '' }: Entry,
  { registry, standard }: Registries,
): { path: string } | { reason: string } {
  if (resolved === undefined)
    return { reason: 'no address (npm writes it with omit-lockfile-registry-resolved=false)' };
  const url = URL.canParse(resolved) ? new URL(resolved) : undefined;
  if (url?.protocol !== 'https:') return { reason: 'not from a registry over TLS' };
  const isStandard = url.host === standard?.host;
  if (!isStandard && url.host !== registry.host) return { reason: 'from another host' };
  if (!integrityList.test(integrity)) return { reason: 'no integrity' };
  const isPlain = name.length <= longestName && packageName.test(name);
  if (!isPlain || version.length > longestVersion || !packageVersion.test(version))
    return { reason: 'an unusual name or version' };
  const tarball = `/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  const prefix = registry.pathname.replace(/\/$/, '');
  const path = `${prefix}${tarball}`;
  // The whole address, so that neither a query nor a user name hides in it.
  const isUsual = (isStandard ? [tarball, path] : [path]).some((one) => url.href === `${url.origin}${one}`);
  return isUsual ? { path } : { reason: 'not at the usual place of its name and version' };
}
