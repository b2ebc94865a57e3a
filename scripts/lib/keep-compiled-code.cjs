// Runs a command of the bundle and keeps what V8 compiled of it. Usage: node keep-compiled-code.cjs <dist/host> <argument…>
const fs = require('node:fs');
const path = require('node:path');
const { bundleScript } = require('./bundle-script.cjs');

const [directory, ...args] = process.argv.slice(2);
const file = path.join(directory, 'host.cjs');
const script = bundleScript(file);
process.argv = [process.argv[0], file, ...args];
process.on('exit', () => {
  fs.writeFileSync(
    path.join(directory, `${process.version}-${process.arch}.code`),
    script.createCachedData(),
  );
});
script.runInThisContext()(require('node:module').createRequire(file), file);
