// What the host's own tools execute from a working directory, sooner or later, without being asked twice (S13).

/** A path below the working directory that the agent must not write. */
export interface HotPath {
  /** Relative to the working directory. */
  path: string;
  kind: 'file' | 'directory';
  /**
   * What is done where it is missing. `occupy`: an empty one is made for as long as the box lives, so that the agent cannot
   * make its own. `leave`: on its own it is not executed; the sweep at the end tells.
   */
  whenMissing: 'occupy' | 'leave';
  /** What an occupying file holds; nothing when absent. */
  filler?: string;
}

/** git runs hooks, and the commands that its configuration names, at every `git status` of a prompt or an editor. */
export const gitDirectory = '.git';

/** Inside an existing .git, which itself stays writable: the agent may commit. */
export const gitHotPaths: readonly HotPath[] = [
  { path: '.git/config', kind: 'file', whenMissing: 'occupy' },
  { path: '.git/hooks', kind: 'directory', whenMissing: 'occupy' },
  // gitrepository-layout(5): names another directory to read the configuration from; "." is this one.
  { path: '.git/commondir', kind: 'file', whenMissing: 'occupy', filler: '.\n' },
  { path: '.git/config.worktree', kind: 'file', whenMissing: 'occupy' },
  { path: '.git/modules', kind: 'directory', whenMissing: 'leave' },
  { path: '.git/worktrees', kind: 'directory', whenMissing: 'leave' },
];

/** The rest: shells with direnv, editors, and agents on the host, which run tasks, settings and hooks of a directory. */
export const hotPaths: readonly HotPath[] = [
  { path: gitDirectory, kind: 'directory', whenMissing: 'occupy' },
  { path: '.envrc', kind: 'file', whenMissing: 'occupy' },
  { path: '.vscode', kind: 'directory', whenMissing: 'occupy' },
  { path: '.idea', kind: 'directory', whenMissing: 'occupy' },
  { path: '.claude', kind: 'directory', whenMissing: 'occupy' },
  { path: '.cursor', kind: 'directory', whenMissing: 'occupy' },
  { path: '.mcp.json', kind: 'file', whenMissing: 'occupy', filler: '{}\n' },
  { path: '.husky', kind: 'directory', whenMissing: 'leave' },
  { path: '.devcontainer', kind: 'directory', whenMissing: 'leave' },
  { path: '.zed', kind: 'directory', whenMissing: 'leave' },
  { path: '.pre-commit-config.yaml', kind: 'file', whenMissing: 'leave' },
];

/**
 * What a package manager installs from, on this machine, too. In the regime `trade` only what a lock file names is installed,
 * so the agent does not write it.
 */
export const lockFiles: readonly HotPath[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'pylock.toml',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'Cargo.lock',
  'go.sum',
].map((path) => ({ path, kind: 'file', whenMissing: 'leave' }));

/** Lock files of pip are lists like any other, but for the digests in them. */
export const isRequirements = (name: string): boolean => /^requirements[\w.-]*\.txt$/.test(name);

/** Directories anywhere below, all of whose files are watched. */
export const watchedDirectories: ReadonlySet<string> = new Set([
  '.vscode',
  '.idea',
  '.claude',
  '.cursor',
  '.husky',
  '.devcontainer',
  '.zed',
]);

/** Files anywhere below that are watched: run by a tool, or by a word the user types out of habit. */
export const watchedFiles: ReadonlySet<string> = new Set([
  '.envrc',
  '.mcp.json',
  '.pre-commit-config.yaml',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'justfile',
  'Taskfile.yml',
  'conftest.py',
  'sitecustomize.py',
  ...lockFiles.map(({ path }) => path),
]);
