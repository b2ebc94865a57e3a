import { expect, test } from 'vitest';
import { findDistribution } from '../../../src/sandbox/apt-mirror.js';

const debian = 'PRETTY_NAME="Debian"\nID=debian\nVERSION_CODENAME=bookworm\n';
const list = (content: string) => [{ path: '/etc/apt/sources.list', content }];

test('one-line sources, with options and comments', () => {
  const content = `
# deb http://old.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib
`;
  expect(findDistribution(debian, list(content))).toEqual({
    id: 'debian',
    suite: 'bookworm',
    mirror: 'http://mirror.example/debian',
  });
});

test('deb822 sources, with comments, continued lines and several suites', () => {
  const content = `Types: deb-src
URIs: http://src.example/debian
Suites: bookworm
Components: main

Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm-updates
 bookworm
Components: main
Signed-By: /k.gpg
`;
  const files = [{ path: '/etc/apt/sources.list.d/debian.sources', content }];
  expect(findDistribution(debian, files)?.mirror).toBe('http://mirror.example/debian');
});

test('a source that is switched off, of another suite or without main does not count', () => {
  const off = 'Types: deb\nURIs: http://m.example\nSuites: bookworm\nComponents: main\nEnabled: no\n';
  expect(findDistribution(debian, [{ path: 'a.sources', content: off }])).toBeUndefined();
  expect(findDistribution(debian, list('deb http://m.example/debian trixie main'))).toBeUndefined();
  expect(findDistribution(debian, list('deb http://m.example/x bookworm contrib'))).toBeUndefined();
});

test('S2: a mirror with credentials in its address is passed over', () => {
  const content =
    'deb https://user:word@private.example/debian bookworm main\ndeb http://open.example/debian bookworm main';
  expect(findDistribution(debian, list(content))?.mirror).toBe('http://open.example/debian');
});

test('Ubuntu is known, other systems are not', () => {
  const ubuntu = 'ID=ubuntu\nVERSION_CODENAME="noble"\n';
  expect(findDistribution(ubuntu, list('deb http://m.example/ubuntu noble main restricted'))?.suite).toBe(
    'noble',
  );
  expect(
    findDistribution('ID=fedora\nVERSION_CODENAME=x\n', list('deb http://m.example x main')),
  ).toBeUndefined();
  expect(findDistribution('ID=debian\n', list('deb http://m.example sid main'))).toBeUndefined();
});
