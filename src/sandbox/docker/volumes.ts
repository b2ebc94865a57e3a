// Volumes of the engine.
import { type Client, deadlines, labelFilter } from '../docker-api.js';

export function volumesOf({ docker, call, callUnlessGone }: Client) {
  return {
    list: (labels: Readonly<Record<string, string>>): Promise<string[]> =>
      call('list its volumes', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listVolumes({ filters: labelFilter(labels), abortSignal } as object);
        return (listed.Volumes ?? []).map((volume) => volume.Name);
      }),
    remove: (name: string): Promise<boolean> =>
      callUnlessGone('remove a volume', () => docker.getVolume(name).remove()),
  };
}
