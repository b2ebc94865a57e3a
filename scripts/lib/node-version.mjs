// Ends a script with a clear sentence when Node is older than package.json's `engines` allows.
import { readFileSync } from 'node:fs';

/** Exits 2 unless this Node is at least the version in package.json's `engines.node` (`>=major.minor`). */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const [major, minor = 0] = engines.node.replace(/^>=/, '').split('.').map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  console.error(`tradebox needs Node ${engines.node}; this is ${process.version}.`);
  console.error('Install a newer Node (any version manager, or your distribution) and run this again.');
  process.exit(2);
}
