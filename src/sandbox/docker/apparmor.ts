// AppArmor's profile of our own (images/apparmor/tradebox), where scripts/install-apparmor has put it; elsewhere the engine's own holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.js';

const profile = 'tradebox';

/** Where a machine keeps what it loads at boot, and says whether its kernel has AppArmor. */
const places = { installed: '/etc/apparmor.d/tradebox', enabled: '/sys/module/apparmor/parameters/enabled' };

/**
 * The name that a container of ours is to be confined by. Undefined, for the engine's own, where this machine's kernel has no AppArmor,
 * where the profile is not installed, and where it is another version's: one that is loaded cannot be read without root, so the file
 * stands for it.
 */
export function ownAppArmorProfile({ installed, enabled } = places): string | undefined {
  if (contentOf(enabled)?.trim() !== 'Y') return undefined;
  const shipped = readFileSync(join(packageRoot, 'images/apparmor', profile), 'utf8');
  return contentOf(installed) === shipped ? profile : undefined;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
