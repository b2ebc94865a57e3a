// The list of commands: what `tradebox --help` prints.
import type { CommandEntry } from './command.js';

export function rootHelp(entries: readonly Pick<CommandEntry, 'name' | 'summary'>[]): string {
  const rows = [...entries, { name: 'help [command]', summary: 'explain a command' }];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return `Usage: tradebox <command> [options]

The safe place to run an AI agent next to money.

Commands:
${rows.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

Options:
  -h, --help  explain the command
  --version   print the version

Examples:
  tradebox run openclaw ./strategy --paper     box an agent; it trades on the embedded paper exchange
  tradebox diagnose                            prove the boundary, on the wire
  tradebox reset                               discard a tainted box, start a clean one

Exit codes: 0 ok, 2 user error, 3 a boundary does not hold, 70 fault; run and exec pass the agent's own.
`;
}
