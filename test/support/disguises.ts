// Forms in which tools of a shell and libraries write a text that holds a value, and mixtures of them: made without the code under test.
const hex = (byte: number) => byte.toString(16).padStart(2, '0');
/** Every second character in another way: no spelling of the whole is left. */
const mixed = (text: string, spell: (code: number) => string) =>
  [...text].map((char, index) => (index % 2 === 0 ? char : spell(char.charCodeAt(0)))).join('');
const all = (text: string, spell: (code: number) => string) =>
  [...text].map((char) => spell(char.charCodeAt(0))).join('');
const wrapped = (text: string, width: number, end: string) =>
  text.match(new RegExp(`.{1,${width}}`, 'gs'))?.join(end) ?? '';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const unicode = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;
const bytesOf = (text: string) => [...Buffer.from(text)];

type Disguise = (text: string) => string | Buffer;

/** By name; each gives bytes that a body can hold. */
export const disguises: Readonly<Record<string, Disguise>> = {
  'percent, every second character': (text) => mixed(text, (code) => `%${hex(code)}`),
  'percent twice, every second character': (text) => mixed(text, (code) => `%25${hex(code)}`),
  'percent of JavaScript’s escape()': (text) => mixed(text, (code) => `%u00${hex(code)}`),
  'JSON, every second character': (text) => `{"note":"${mixed(text, unicode)}"}`,
  'JSON within JSON, every second character': (text) => JSON.stringify(`{"note":"${mixed(text, unicode)}"}`),
  'escapes of C, every second character': (text) => mixed(text, (code) => `\\x${hex(code)}`),
  'escapes of C, all': (text) => all(text, (code) => `\\x${hex(code)}`),
  'octal escapes': (text) => all(text, (code) => `\\${code.toString(8).padStart(3, '0')}`),
  'decimal references': (text) => all(text, (code) => `&#${code};`),
  'hexadecimal references, every second character': (text) =>
    mixed(text, (code) => `&#x${hex(code).toUpperCase()};`),
  'three kinds in turn': (text) =>
    [...text]
      .map((char, index) => {
        const code = char.charCodeAt(0);
        return [char, `%${hex(code)}`, unicode(code), `&#${code};`][index % 4];
      })
      .join(''),
  'base64 in lines': (text) => `${wrapped(base64(text), 76, '\n')}\n`,
  'base64 in lines of MIME': (text) => `${wrapped(base64(text), 76, '\r\n')}\r\n`,
  'base64 in lines of PEM, indented': (text) => `key: |\n  ${wrapped(base64(text), 64, '\n  ')}\n`,
  'base64 in lines in JSON': (text) => JSON.stringify({ note: wrapped(base64(text), 76, '\n') }),
  'base64 in lines in a form': (text) => `note=${encodeURIComponent(wrapped(base64(text), 76, '\n'))}`,
  'base64 in lines that a shell joined': (text) => wrapped(base64(text), 76, ' '),
  'base64 of base64': (text) => base64(base64(text)),
  'base64 of base64 in lines': (text) => base64(`${wrapped(base64(text), 76, '\n')}\n`),
  'base64 of base64, both in lines': (text) =>
    `${wrapped(base64(`${wrapped(base64(text), 76, '\n')}\n`), 76, '\n')}\n`,
  'base64 of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'hex with blanks': (text) => bytesOf(text).map(hex).join(' '),
  'hex with colons': (text) => bytesOf(text).map(hex).join(':').toUpperCase(),
  'hex in lines': (text) => wrapped(Buffer.from(text).toString('hex'), 60, '\n'),
  'hex with blanks in lines': (text) => wrapped(bytesOf(text).map(hex).join(' '), 48, '\n'),
  'a list of hex': (text) =>
    `{${bytesOf(text)
      .map((byte) => `0x${hex(byte)}`)
      .join(', ')}}`,
  'a list of bytes': (text) => JSON.stringify(Buffer.from(text)),
  'a list of bytes in lines': (text) => JSON.stringify(Buffer.from(text), undefined, 2),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
};
