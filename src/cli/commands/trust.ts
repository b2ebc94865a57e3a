// tradebox trust: approves a project's tradebox.yaml as it is now, after showing what it grants (S5).
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { configFileName } from '../../config/load.js';
import { realPath } from '../../config/locations.js';
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, flag, optional } from '../command.js';
import { printable } from '../style.js';

export const command = defineCommand({
  description:
    'A tradebox.yaml beside a working directory may name your secrets and its own hosts, so it counts only once you have approved it.\nThe approval is of the content: a changed file is asked about again. Files you name with --config or write with `tradebox init` are approved by that.',
  arguments: {
    path: optional(
      'path',
      'the file, its directory, or the working directory beside it; the current one if absent',
    ),
  },
  options: {
    show: flag('--show', 'show what it grants and approve nothing'),
    revoke: flag('--revoke', 'take the approval back'),
  },
  examples: [
    { command: 'tradebox trust ./strategy --show', does: 'what would the file beside ./strategy grant?' },
    { command: 'tradebox trust ./strategy', does: 'approve it as it is now' },
  ],
  result: z.object({
    file: z.string(),
    /** Whether the file counts from now on, as it is now. */
    isTrusted: z.boolean(),
    /** One line for each thing it grants. */
    grants: z.array(z.string()),
  }),
  render: ({ file, isTrusted, grants }, style) =>
    [
      `${isTrusted ? style.green('trusted') : style.yellow('not trusted')} ${printable(file)}`,
      ...grants.map((line) => `  ${printable(line)}`),
    ].join('\n'),
  run: async (context, { arguments: { path = '.' }, options }) => {
    const { readLayer } = await import('../../config/layer.js');
    const { describeGrants } = await import('../../config/grants.js');
    const { openTrustStore } = await import('../../config/trust.js');
    if (options.show && options.revoke) {
      throw new TradeboxError('USAGE', '--show and --revoke exclude each other', {
        remedy: 'Give one of them.',
      });
    }
    const file = findConfigFile(resolve(context.cwd, path));
    const store = openTrustStore(context.paths.trustDir);
    if (options.revoke) {
      store.revoke(file);
      return { result: { file, isTrusted: false, grants: [] } };
    }
    const layer = readLayer({ path: file, role: 'named' }, context.env, undefined);
    if (!options.show) store.approve(file, layer.digest);
    return {
      result: { file, isTrusted: store.isTrusted(file, layer.digest), grants: describeGrants(layer) },
    };
  },
});

/** A file as it is; in a directory its tradebox.yaml, else the one beside it, which is where a box looks. */
function findConfigFile(path: string): string {
  const isDirectory = existsSync(path) && statSync(path).isDirectory();
  const candidates = isDirectory
    ? [join(path, configFileName), join(dirname(realPath(path)), configFileName)]
    : [path];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new TradeboxError('CONFIG_NOT_FOUND', `there is no ${candidates.join(' and no ')}`, {
    remedy: 'Name a tradebox.yaml, or write one with: tradebox init',
  });
}
