// The host program's bundle as a script of V8: the same for who runs it and for who keeps its compiled code.
const fs = require('node:fs');
const vm = require('node:vm');

/** Compiled code of another Node, or of another bundle's length, V8 refuses by itself and compiles anew. */
function bundleScript(file, cachedData) {
  const wrapped = `(function (require, __filename) {${fs.readFileSync(file, 'latin1')}\n})`;
  return new vm.Script(wrapped, { filename: file, cachedData });
}

module.exports = { bundleScript };
