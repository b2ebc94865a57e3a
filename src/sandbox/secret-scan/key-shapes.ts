// E7: what keys look like that the kept scanner's rules (key-rules.ts) do not know: of services that secretlint 11 has no rule for,
// and under the variables where venues' clients keep theirs. For the search of a working directory, where no value is known. Pure.
//
// Prefixes, lengths and alphabets agree with gitleaks 8 where it has a rule (age, Anthropic's administrators, DigitalOcean, GitLab,
// Google, PyPI, Stripe, Vault). What Discord, Groq, OpenRouter, xAI and an Anthropic subscription issue is from memory: no rule of a
// kept scanner and no vendor's page was found that says it. Each is long enough that prose and code do not meet it by chance.
import { Matcher } from '../../core/matcher.js';

/** One kind of key. */
export interface KeyShape {
  /** What it is, for the message. */
  title: string;
  /** Texts of at least three characters, one of which every such key holds. */
  anchors: readonly string[];
  /** Whether upper and lower case are the same in the anchors; they differ when absent. */
  foldsCase?: boolean;
  /** The keys of a text, one character a byte, in their order; `path` is the file's. */
  keysIn(text: string, path: string): Iterable<FoundKey>;
}

/** A key in a text: from `start` to before `end`. */
export interface FoundKey {
  start: number;
  end: number;
  /** The key alone, for telling decoys and samples apart. */
  value: string;
}

/** A key begins at most this many bytes before its anchor, and ends at most `lookAheadBytes` behind it as far as it matters. */
export const lookBehindBytes = 256;
export const lookAheadBytes = 1536;

export const keyShapes: readonly KeyShape[] = [
  // secretlint's rule wants a hundred characters between the lines; an Ed25519 key, as exchanges take it, has 64. What stands before
  // the letters may be a line break that JSON or a variable spells out.
  {
    title: 'a private key',
    anchors: ['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----'],
    keysIn: matching(
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[rn]){1,8}[A-Za-z0-9+/=]{32,}/g,
    ),
  },
  // secretlint knows API keys only (`sk-ant-api0…`), not an administrator's or a subscription's.
  shape('an Anthropic key', ['sk-ant-'], /sk-ant-(?!api0)[a-z]+\d\d-[A-Za-z0-9_-]{80,}/g),
  shape('a GitLab token', ['glpat-'], /glpat-[A-Za-z0-9_-]{20,}/g),
  shape('an OpenRouter key', ['sk-or-v1-'], /sk-or-v1-[0-9a-f]{64}/g),
  shape('a Groq key', ['gsk_'], /(?<!\w)gsk_[A-Za-z0-9]{52}(?!\w)/g),
  shape('an xAI key', ['xai-'], /(?<!\w)xai-[A-Za-z0-9]{80}(?!\w)/g),
  shape('a Google API key', ['AIza'], /(?<![\w-])AIza[A-Za-z0-9_-]{35}(?![\w-])/g),
  shape('a Discord webhook', ['/api/webhooks/'], /discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,}/g),
  shape('a Stripe key', ['sk_live_', 'rk_live_'], /(?<!\w)[sr]k_live_[A-Za-z0-9]{20,}/g),
  shape('a PyPI token', ['pypi-AgE'], /pypi-AgE[A-Za-z0-9_-]{60,}/g),
  shape('a DigitalOcean token', ['dop_v1_'], /dop_v1_[0-9a-f]{64}/g),
  shape('a HashiCorp Vault token', ['hvs.', 'hvb.'], /(?<![\w.])hv[sb]\.[A-Za-z0-9_-]{80,}/g),
  shape('an age key', ['AGE-SECRET-KEY-1'], /AGE-SECRET-KEY-1[0-9A-Z]{58}/g),
];

/**
 * The shape of a variable's assignment, as it stands in `.env`, YAML, JSON, TOML and scripts. The names are those of the venues'
 * credentials (`env` of src/venues/…), which their clients read.
 */
export const variableShape = (name: string): KeyShape => ({
  title: `a value for ${name}`,
  anchors: [name],
  keysIn: matching(
    new RegExp(
      `${name}["']?[ \\t]{0,8}[=:][ \\t]{0,8}["'\`]?([A-Za-z0-9+/=_-]{16,512})(?=["'\`\\s,;]|$)`,
      'g',
    ),
    isDrawn,
  ),
});

/** Finds keys by their shape in a window of a file. */
export class ShapeFinder {
  readonly #matcher: Matcher;
  readonly #shapes: readonly KeyShape[];
  readonly #harmless: string;

  /** `harmless`: values that are no keys though they look like ones, such as decoys. */
  constructor(shapes: readonly KeyShape[], harmless: readonly string[] = []) {
    this.#shapes = shapes;
    this.#harmless = harmless.map(unbroken).join('\n');
    this.#matcher = new Matcher(
      shapes.flatMap(({ anchors, foldsCase = false }, index) =>
        anchors.map((anchor) => ({
          id: String(index),
          bytes: Buffer.from(anchor),
          isCaseSensitive: !foldsCase,
        })),
      ),
    );
  }

  /**
   * The first key of the window of the file `path`: where its anchor stands, and what it is. `onAnchor` is called for each text
   * that is looked at because a key may be there, and may throw.
   */
  find(window: Buffer, path: string, onAnchor?: () => void): { index: number; title: string } | undefined {
    for (let match = this.#matcher.find(window); match !== undefined; ) {
      onAnchor?.();
      const shape = this.#shapes[Number(match.id)];
      if (shape !== undefined && this.#holds(shape, window, match.index, path)) {
        return { index: match.index, title: shape.title };
      }
      match = this.#matcher.find(window, match.index + 1);
    }
    return undefined;
  }

  #holds({ keysIn }: KeyShape, window: Buffer, anchorAt: number, path: string): boolean {
    const textAt = Math.max(0, anchorAt - lookBehindBytes);
    const text = window.toString('latin1', textAt, Math.min(window.length, anchorAt + lookAheadBytes));
    const at = anchorAt - textAt;
    for (const { start, end, value } of keysIn(text, path)) {
      if (start <= at && at < end) return !this.#harmless.includes(unbroken(value)) && !isSample(value);
    }
    return false;
  }
}

/** Without line breaks, however they are written. */
const unbroken = (text: string): string => text.replace(/\s|\\[rn]/g, '');

/** What documentation shows in a key's place. */
const isSample = (text: string): boolean =>
  /EXAMPLE|PLACEHOLDER|REDACTED|DUMMY|CHANGE_?ME|YOUR[_-]|X{6}|0{8}|1234567|decoy-/i.test(text);

/** Drawn at random, by its look: letters and digits without a pattern, at least three bits a character (Shannon). */
function isDrawn(text: string): boolean {
  if ((text.match(/\d/g)?.length ?? 0) < 2 || !/[A-Za-z]/.test(text)) return false;
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const bits = [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
  return bits >= 3;
}

function shape(title: string, anchors: readonly string[], pattern: RegExp): KeyShape {
  return { title, anchors, keysIn: matching(pattern) };
}

/** What a global pattern finds; the key is its first group, where it has one, and counts when `isKey` says so. */
function matching(pattern: RegExp, isKey: (value: string) => boolean = () => true): KeyShape['keysIn'] {
  return function* (text) {
    for (const found of text.matchAll(pattern)) {
      const value = found[1] ?? found[0];
      if (isKey(value)) yield { start: found.index, end: found.index + found[0].length, value };
    }
  };
}
