// Programs of the bench that the image's Node runs: one file each, made from source.
import path from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles a file of this folder into `directory` and returns the path. What is in `external` must be found from there. */
export function bundleProgram(directory: string, entry: string, external: readonly string[] = []): string {
  const outfile = path.join(directory, entry.replace(/\.ts$/, '.mjs'));
  buildSync({
    entryPoints: [path.join(import.meta.dirname, entry)],
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    external: [...external],
    outfile,
  });
  return outfile;
}
