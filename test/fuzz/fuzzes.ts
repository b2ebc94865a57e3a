// Every fuzz: a new one is a file beside this and a line here.
import { dnsFuzzes } from './dns.js';
import { framingFuzzes } from './framing.js';
import type { Fuzz } from './fuzz.js';
import { http2Fuzzes } from './http2.js';
import { killFuzzes } from './kills.js';
import { secretFuzzes } from './secrets.js';
import { socketFuzzes } from './websocket.js';

export const fuzzes: readonly Fuzz[] = [
  ...dnsFuzzes,
  ...secretFuzzes,
  ...framingFuzzes,
  ...http2Fuzzes,
  ...socketFuzzes,
  ...killFuzzes,
];
