// Where the package lies: its profiles, images and package.json are found from here, in a checkout and in the built program alike.
import { fileURLToPath } from 'node:url';

/** Absolute, with a slash at its end. The sources lie two levels below it, and so does the bundle made of them. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
