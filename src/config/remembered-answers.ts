// What package managers answered about their configuration, kept while the files that they read it from stay as they are: starting one
// takes a quarter of a second, longer than a reload may. `tradebox policy reload` is a process of its own, and asks anew.
import { statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { HostCommandEnd, RunHostCommand } from './host-command.js';
import type { HostEnvironment } from './paths.js';

/** Asks through `run`; the same question of the same environment is asked again when one of the files changed. */
export function rememberingAnswers(run: RunHostCommand): RunHostCommand {
  const answers = new WeakMap<HostEnvironment, Map<string, { state: string; end: HostCommandEnd }>>();
  return async (argv, options) => {
    const known = answers.get(options.env) ?? new Map<string, { state: string; end: HostCommandEnd }>();
    answers.set(options.env, known);
    const question = argv.join('\0');
    // Before the answer: what changes while it is given counts as changed.
    const state = stateOf(clientFiles(options.env));
    const before = known.get(question);
    if (before?.state === state) return before.end;
    const end = await run(argv, options);
    if (end.ok || end.reason === 'failed') known.set(question, { state, end });
    else known.delete(question);
    return end;
  };
}

/**
 * Where npm and pip read a registry from: npm's documentation, "npmrc" (user, global, built in), and pip's, "Configuration" (global,
 * user, site). The prefix of an installation is the directory above that of its programs.
 */
function clientFiles(env: HostEnvironment): string[] {
  const variables = env.forChildren();
  const { home } = env;
  const prefixes = new Set(
    (variables.PATH ?? '')
      .split(delimiter)
      .filter((dir) => dir !== '')
      .map(dirname),
  );
  for (const name of ['npm_config_prefix', 'NPM_CONFIG_PREFIX', 'PREFIX', 'VIRTUAL_ENV']) {
    const prefix = variables[name];
    if (prefix !== undefined) prefixes.add(prefix);
  }
  const named = [
    'npm_config_userconfig',
    'NPM_CONFIG_USERCONFIG',
    'npm_config_globalconfig',
    'NPM_CONFIG_GLOBALCONFIG',
    'PIP_CONFIG_FILE',
  ].flatMap((name) => variables[name] ?? []);
  return [
    ...named,
    join(home, '.npmrc'),
    join(variables.XDG_CONFIG_HOME ?? join(home, '.config'), 'pip/pip.conf'),
    join(home, '.pip/pip.conf'),
    join(home, 'Library/Application Support/pip/pip.conf'),
    '/Library/Application Support/pip/pip.conf',
    '/etc/npmrc',
    '/etc/pip.conf',
    '/etc/xdg/pip/pip.conf',
    ...[...prefixes].flatMap((prefix) => [
      join(prefix, 'etc/npmrc'),
      join(prefix, 'lib/node_modules/npm/npmrc'),
      join(prefix, 'pip.conf'),
    ]),
  ];
}

function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const found = statSync(file, { throwIfNoEntry: false });
        return found === undefined ? '-' : `${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
      } catch {
        return '?';
      }
    })
    .join('\n');
}
