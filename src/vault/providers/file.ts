// `file:path`: a file that only the caller can read. One trailing line end is not part of the secret.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { expandHome } from '../../config/locations.js';
import { errnoOf, isAbsent, shellWord } from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import { maxSecretBytes, secretFromBytes } from '../bytes.js';
import type { SecretProvider } from '../provider.js';

export const fileProvider: SecretProvider<'file'> = {
  scheme: 'file',
  resolve: async (source, { env, baseDir }) => {
    const expanded = expandHome(source.path, env.home);
    const path = isAbsolute(expanded) ? expanded : resolve(baseDir, expanded);
    return secretFromBytes(readOwnFile(path), path);
  },
};

/** Checks and reads through one descriptor, so that the file checked is the file read. */
function readOwnFile(path: string): Buffer {
  const file = openForReading(path);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      throw new TradeboxError('SECRET_SOURCE_FAILED', `${path} is not a regular file`, {
        remedy: 'Name a file that holds the secret alone.',
      });
    }
    const uid = process.getuid?.();
    if (uid !== undefined && stats.uid !== uid) {
      throw new TradeboxError('CONFIG_MODE_LOOSE', `the secret file ${path} belongs to another user`, {
        remedy: `Run: sudo chown ${uid} ${shellWord(path)}`,
      });
    }
    if ((stats.mode & 0o077) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
      throw new TradeboxError('CONFIG_MODE_LOOSE', `others can read the secret file ${path} (mode ${mode})`, {
        remedy: `Run: chmod 600 ${shellWord(path)}`,
      });
    }
    const buffer = Buffer.alloc(maxSecretBytes + 3);
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
    }
  } finally {
    closeSync(file);
  }
}

function openForReading(path: string): number {
  try {
    // Not blocking: a named pipe is refused below instead of waited for.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (isAbsent(cause)) {
      throw new TradeboxError('SECRET_MISSING', `there is no secret file ${path}`, {
        remedy: 'Write the secret into it with mode 0600, or mend the path.',
      });
    }
    throw new TradeboxError(
      'SECRET_SOURCE_FAILED',
      `cannot read the secret file ${path}: ${errnoOf(cause) ?? ''}`,
      {
        remedy: 'Check the path and its permissions.',
        cause,
      },
    );
  }
}
