// Decoys in the form that most venues give their keys: random letters and digits of one length.

/** A `makeDecoy` of the given length; `alphabet` narrows what it is made of. */
export function decoyText(
  length: number,
  { prefix = '', alphabet = /[A-Za-z0-9]/ }: { prefix?: string; alphabet?: RegExp } = {},
): (randomBytes: (size: number) => Buffer) => string {
  return (randomBytes) => {
    let text = prefix;
    while (text.length < length) {
      text += [...randomBytes(64).toString('base64')].filter((letter) => alphabet.test(letter)).join('');
    }
    return text.slice(0, length);
  };
}
