// The images the box runs are the ones our content hashes name.
import { type Check, fail, pass } from '../check.js';

export const imagesCheck: Check = {
  id: 'images',
  proves: 'the images in use are the ones this version builds',
  invariants: [],
  async run({ images }) {
    const missing = images.filter((image) => !image.present);
    const seen = images.map((image) => `${image.role} ${image.tag}`).join(', ');
    return missing.length === 0
      ? pass(seen)
      : fail(
          `missing: ${missing.map((image) => image.tag).join(', ')}`,
          'Run the box again; it builds what is missing.',
        );
  },
};
