// Images of the engine: found, built with the classic builder, pulled, imported.
import { Readable } from 'node:stream';
import { type Client, deadlines, labelFilter, orMissing } from '../docker-api.js';
import { imageState } from './answers.js';
import type { BuildPlan, ImageState, ProgressListener } from './shapes.js';
import { jsonLines } from './streams.js';

export function imagesOf({ docker, call, callUnlessGone }: Client) {
  return {
    find: (reference: string): Promise<ImageState | undefined> =>
      call('look for an image', deadlines.quick, () =>
        orMissing(async () => imageState(await docker.getImage(reference).inspect())),
      ),
    list: (labels: Readonly<Record<string, string>>): Promise<ImageState[]> =>
      call('list its images', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listImages({ filters: labelFilter(labels), abortSignal } as object);
        return listed.map((entry) => imageState({ ...entry, Config: { Labels: entry.Labels } }));
      }),
    history: (reference: string): Promise<unknown> =>
      call('read the history of an image', deadlines.quick, () => docker.getImage(reference).history()),
    /** Builds with the classic builder; each line of its output goes to `onLine`. Rejects with the builder's last error. */
    build: (plan: BuildPlan, onLine: ProgressListener): Promise<void> =>
      call(`build the image ${plan.tag}`, deadlines.build, async (abortSignal) => {
        const output = await docker.buildImage(
          Readable.from([plan.context]) as NodeJS.ReadableStream,
          {
            t: plan.tag,
            labels: JSON.stringify(plan.labels),
            buildargs: JSON.stringify(plan.arguments),
            forcerm: true,
            rm: true,
            abortSignal,
          } as object,
        );
        await followProgress(output as Readable, onLine);
      }),
    pull: (reference: string, onLine: ProgressListener): Promise<void> =>
      call(`pull the image ${reference}`, deadlines.build, async (abortSignal) => {
        await followProgress(
          (await docker.createImage({ fromImage: reference, abortSignal })) as Readable,
          onLine,
        );
      }),
    /** Makes an image of one layer from the tar of a root file system; `changes` are Dockerfile lines. */
    importTar: (tar: Readable, reference: string, changes: readonly string[], onLine: ProgressListener) =>
      call(`import the image ${reference}`, deadlines.build, async (abortSignal) => {
        // Name and tag in one: Podman 4.3 does not read the tag beside it.
        const output = await docker.importImage(
          tar as NodeJS.ReadableStream,
          { repo: reference, changes: [...changes], abortSignal } as object,
        );
        await followProgress(output as unknown as Readable, onLine);
      }),
    tag: (source: string, target: string): Promise<void> =>
      call(`name the image ${target}`, deadlines.quick, async (abortSignal) => {
        const [repo, tag] = splitReference(target);
        await docker.getImage(source).tag({ repo, tag, abortSignal });
      }),
    remove: (reference: string): Promise<boolean> =>
      callUnlessGone('remove an image', () => docker.getImage(reference).remove()),
    /** Asks the registry, through the engine, for the digest a tag stands for. Rejects when none is in reach within `ms`. */
    registryDigest: (reference: string, ms: number): Promise<string> =>
      call(`ask the registry for ${reference}`, ms, async () => {
        const answer = await docker.getImage(reference).distribution();
        return (answer as { Descriptor: { digest: string } }).Descriptor.digest;
      }),
  };
}

async function followProgress(output: Readable, onLine: ProgressListener): Promise<void> {
  for await (const value of jsonLines(output)) {
    const event = value as { stream?: string; status?: string; progress?: string; error?: string };
    if (event.error !== undefined) throw new Error(event.error);
    const text = event.stream ?? (event.progress === undefined ? event.status : undefined);
    for (const line of (text ?? '').split(/\r?\n|\r/)) if (line.trim() !== '') onLine(line.trimEnd());
  }
}

/** `registry:5000/name:tag` → `[registry:5000/name, tag]`. */
function splitReference(reference: string): [repo: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : [reference, 'latest'];
}
