// The list of commands. A new one is one file in commands/ and one line here; its module is loaded when it is named.
import type { CommandEntry } from './command.js';

export const commands: readonly CommandEntry[] = [
  { name: 'init', summary: 'write a commented tradebox.yaml', load: () => import('./commands/init.js') },
  { name: 'secrets', summary: 'keep the real credentials', load: () => import('./commands/secrets.js') },
  { name: 'profiles', summary: 'show what can be boxed', load: () => import('./commands/profiles.js') },
];
