// A program that is told what to do line by line, in JSON, and answers each by one line: its side, and that of who started it.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Obeys each line of standard input; ends with 70 when that throws, with 0 when whoever started it is gone. */
export function obeyLines(obey: (words: unknown) => Promise<unknown>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    obey(JSON.parse(line)).then(
      (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(70);
      },
    );
  });
  lines.on('close', () => process.exit(0));
}

/** Tells the program one thing; resolves with its answer, with undefined when it ended first. */
export function teller(child: ChildProcess): (words: unknown) => Promise<unknown> {
  const waiting: ((answer: unknown) => void)[] = [];
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  child.stdin?.on('error', () => undefined);
  child.on('close', () => {
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  return async (words) => {
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    child.stdin?.write(`${JSON.stringify(words)}\n`);
    return new Promise((resolve) => waiting.push(resolve));
  };
}
