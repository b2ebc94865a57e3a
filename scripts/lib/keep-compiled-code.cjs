// Runs a command of a bundle and keeps what V8 compiled of it beside it. Usage: node keep-compiled-code.cjs <bundle.cjs> <argument…>
const fs = require('node:fs');
const { bundleScript, compiledCodeOf } = require('./bundle-script.cjs');

const [file, ...args] = process.argv.slice(2);
const script = bundleScript(file);
process.argv = [process.argv[0], file, ...args];
process.on('exit', () => fs.writeFileSync(compiledCodeOf(file), script.createCachedData()));
script.runInThisContext()(require('node:module').createRequire(file), file);
