// The list of commands. A new one is one file in commands/ and one line here; its module is loaded when it is named.
import type { CommandEntry } from './command.js';

export const commands: readonly CommandEntry[] = [
  { name: 'init', summary: 'write a commented tradebox.yaml', load: () => import('./commands/init.js') },
  {
    name: 'trust',
    summary: 'approve a project’s tradebox.yaml',
    load: () => import('./commands/trust.js'),
  },
  { name: 'run', summary: 'put an agent in a box', load: () => import('./commands/run.js') },
  { name: 'exec', summary: 'run a command in a box', load: () => import('./commands/exec.js') },
  { name: 'attach', summary: 'connect to an agent', load: () => import('./commands/attach.js') },
  { name: 'logs', summary: 'show what an agent printed', load: () => import('./commands/logs.js') },
  { name: 'stop', summary: 'end a box', load: () => import('./commands/stop.js') },
  { name: 'restart', summary: 'give a box a new sidecar', load: () => import('./commands/restart.js') },
  {
    name: 'snapshot',
    summary: 'keep the state of a working directory',
    load: () => import('./commands/snapshot.js'),
  },
  { name: 'diff', summary: 'what changed since a snapshot', load: () => import('./commands/diff.js') },
  { name: 'rollback', summary: 'go back to a snapshot', load: () => import('./commands/rollback.js') },
  { name: 'ps', summary: 'list the boxes', load: () => import('./commands/ps.js') },
  {
    name: 'orders',
    summary: 'see and decide what agents propose',
    load: () => import('./commands/orders.js'),
  },
  {
    name: 'approvers',
    summary: 'keys for orders that take two',
    load: () => import('./commands/approvers.js'),
  },
  {
    name: 'promote',
    summary: 'let an account do more, by evidence',
    load: () => import('./commands/promote.js'),
  },
  { name: 'kill', summary: 'halt trading, cancel every order', load: () => import('./commands/kill.js') },
  { name: 'resume', summary: 'let a halted box trade again', load: () => import('./commands/resume.js') },
  {
    name: 'diagnose',
    summary: 'prove the boundary, on the wire',
    load: () => import('./commands/diagnose.js'),
  },
  { name: 'reset', summary: 'discard a box, start a clean one', load: () => import('./commands/reset.js') },
  { name: 'audit', summary: 'read and verify a journal', load: () => import('./commands/audit.js') },
  { name: 'policy', summary: 'explain what a box may reach', load: () => import('./commands/policy.js') },
  { name: 'guard', summary: 'check and explain the order rules', load: () => import('./commands/guard.js') },
  { name: 'secrets', summary: 'keep the real credentials', load: () => import('./commands/secrets.js') },
  { name: 'profiles', summary: 'show what can be boxed', load: () => import('./commands/profiles.js') },
  { name: 'venues', summary: 'show what venues may be asked', load: () => import('./commands/venues.js') },
];
