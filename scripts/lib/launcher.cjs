#!/usr/bin/env node
// Entry of the built program (dist/main.js): runs a bundle with V8's compiled code of it where this very Node made that at
// build time; otherwise V8 compiles, which takes a tenth of a second more.
const fs = require('node:fs');
const path = require('node:path');
const { bundleScript, compiledCodeOf } = require('./host/script.cjs');

/** What the small bundle can do: ps, and the list of commands. */
const isSmall = ['ps', '--help', '-h', '--version'].includes(process.argv[2]);
const file = path.join(__dirname, isSmall ? 'host/ps.cjs' : 'host/host.cjs');
const compiled = compiledCodeOf(file);
const script = bundleScript(file, fs.existsSync(compiled) ? fs.readFileSync(compiled) : undefined);
script.runInThisContext()(require('node:module').createRequire(file), file);
