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

const directory = (path: string, whenMissing: HotPath['whenMissing']): HotPath => ({
  path,
  kind: 'directory',
  whenMissing,
});
const file = (path: string, whenMissing: HotPath['whenMissing'], filler?: string): HotPath => ({
  path,
  kind: 'file',
  whenMissing,
  ...(filler === undefined ? {} : { filler }),
});

/**
 * The rest: shells with direnv or mise, editors, and agents on the host, which run tasks, settings and hooks of a directory; and
 * what a package manager or git's hooks obey that are there already.
 */
export const hotPaths: readonly HotPath[] = [
  directory(gitDirectory, 'occupy'),
  // `ignore = none` in it takes back what a user's own diff.ignoreSubmodules says.
  file('.gitmodules', 'occupy'),
  file('.envrc', 'occupy'),
  ...['.vscode', '.idea', '.claude', '.cursor', '.codex', '.gemini', '.windsurf', '.devcontainer'].map(
    (path) => directory(path, 'occupy'),
  ),
  file('.mcp.json', 'occupy', '{}\n'),
  ...['.husky', '.zed', '.cargo', '.yarn/releases', '.yarn/plugins'].map((path) => directory(path, 'leave')),
  ...[
    '.pre-commit-config.yaml',
    'lefthook.yml',
    'lefthook.yaml',
    '.lefthook.yml',
    '.lefthook.yaml',
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pnpmfile.cjs',
    '.pnp.cjs',
    '.pnp.loader.mjs',
    'mise.toml',
    '.mise.toml',
    '.exrc',
    '.nvimrc',
    '.nvim.lua',
    '.dir-locals.el',
  ].map((path) => file(path, 'leave')),
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

/** Those at the top of the directory by which `lockFile` opens tarballs: one that appears would be the agent's word on it. */
export const openingLockFiles = ['package-lock.json', 'npm-shrinkwrap.json'] as const;

/** Lock files of pip are lists like any other, but for the digests in them. */
export const isRequirements = (name: string): boolean => /^requirements[\w.-]*\.txt$/.test(name);

/** Directories anywhere below, all of whose files are watched. */
export const watchedDirectories: ReadonlySet<string> = new Set([
  '.vscode',
  '.idea',
  '.claude',
  '.cursor',
  '.codex',
  '.gemini',
  '.windsurf',
  '.husky',
  '.devcontainer',
  '.zed',
  '.cargo',
  // Its workflows run elsewhere, with the project's secrets, once pushed.
  '.github',
]);

/** Files anywhere below that are watched: run or obeyed by a tool, an editor or an agent, or by a word the user types out of habit. */
export const watchedFiles: ReadonlySet<string> = new Set([
  ...hotPaths.flatMap(({ path, kind }) => (kind === 'file' ? [path] : [])),
  'AGENTS.md',
  'CLAUDE.md',
  'GEMINI.md',
  '.cursorrules',
  '.windsurfrules',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'justfile',
  'Justfile',
  '.justfile',
  'Taskfile.yml',
  'Taskfile.yaml',
  'Rakefile',
  'noxfile.py',
  'tox.ini',
  'setup.py',
  'conftest.py',
  'sitecustomize.py',
  'usercustomize.py',
  'build.rs',
  'binding.gyp',
  ...lockFiles.map(({ path }) => path),
]);

/** Files by their ending: included makefiles, workspaces of editors, and configurations that are programs (ESLint, Vite, Jest …). */
export const isWatchedEnding = (name: string): boolean =>
  /\.mk$|\.code-workspace$|\.pth$|\.config\.[cm]?[jt]s$|^\..*rc\.[cm]?[jt]s$/.test(name);
