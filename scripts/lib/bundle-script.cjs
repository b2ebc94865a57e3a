// A bundle of the host program as a script of V8: the same for who runs it and for who keeps its compiled code.
const fs = require('node:fs');
const vm = require('node:vm');

/** Compiled code of another Node, or of another bundle's length, V8 refuses by itself and compiles anew. */
function bundleScript(file, cachedData) {
  return new vm.Script(fs.readFileSync(file, 'latin1'), { filename: file, cachedData });
}

/** Where V8's compiled code of a bundle is kept, for this very Node. */
const compiledCodeOf = (file) => file.replace(/cjs$/, `${process.version}-${process.arch}.code`);

module.exports = { bundleScript, compiledCodeOf };
