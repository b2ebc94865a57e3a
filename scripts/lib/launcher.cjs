#!/usr/bin/env node
// Entry of the built program (dist/main.js): runs the bundle with V8's compiled code of it where this very Node made that at
// build time; otherwise V8 compiles, which takes a tenth of a second more.
const fs = require('node:fs');
const path = require('node:path');
const { bundleScript } = require('./host/script.cjs');

const file = path.join(__dirname, 'host/host.cjs');
const compiled = path.join(__dirname, `host/${process.version}-${process.arch}.code`);
const script = bundleScript(file, fs.existsSync(compiled) ? fs.readFileSync(compiled) : undefined);
script.runInThisContext()(require('node:module').createRequire(file), file);
