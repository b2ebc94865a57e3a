// Run by the image's Node, for the bench: what an order costs at each venue. `signing-program <rounds>` prints one line of JSON.
import { measureSigning } from './signing.js';

process.stdout.write(`${JSON.stringify(await measureSigning(Number(process.argv[2])))}\n`);
