// E7: what keys of well-known services look like, and variables under which venues' clients keep theirs; for the search of a
// working directory, where no value is known. Pure.
//
// Prefixes, lengths and alphabets are the vendors' own, as the rules of gitleaks 8 and secretlint 11 have them, too; each
// shape is long enough that prose and code do not meet it by chance.
import { Matcher } from '../core/matcher.js';

/** One kind of key. */
export interface KeyShape {
  /** What it is, for the message. */
  title: string;
  /** Texts of at least four characters, one of which every such key holds; upper and lower case differ. */
  anchors: readonly string[];
  /** The whole key; global. */
  pattern: RegExp;
  /** Whether the found text (its first group, where there is one) is a key and not a sample; every text when absent. */
  isKey?(text: string): boolean;
}

/** A key begins at most this many bytes before its anchor, and ends at most `lookAheadBytes` behind it as far as it matters. */
export const lookBehindBytes = 256;
export const lookAheadBytes = 640;

export const keyShapes: readonly KeyShape[] = [
  // What stands before the letters may be a line break that JSON or a variable spells out.
  {
    title: 'a private key',
    anchors: ['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[rn]){1,8}[A-Za-z0-9+/=]{32,}/g,
  },
  shape('an AWS access key', ['AKIA', 'ASIA'], /(?<!\w)(?:AKIA|ASIA)[A-Z2-7]{16}(?!\w)/g),
  shape('a GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}/g),
  shape('a GitHub token', ['github_pat_'], /github_pat_[A-Za-z0-9_]{82}/g),
  shape('a GitLab token', ['glpat-'], /glpat-[A-Za-z0-9_-]{20,}/g),
  shape('an Anthropic key', ['sk-ant-'], /sk-ant-[a-z]+\d\d-[A-Za-z0-9_-]{80,}/g),
  // In the middle of an OpenAI key stands "OpenAI" in base64.
  shape('an OpenAI key', ['T3BlbkFJ'], /sk-[A-Za-z0-9_-]{16,200}T3BlbkFJ[A-Za-z0-9_-]{16,}/g),
  shape('an OpenRouter key', ['sk-or-v1-'], /sk-or-v1-[0-9a-f]{64}/g),
  shape('a Groq key', ['gsk_'], /(?<!\w)gsk_[A-Za-z0-9]{52}(?!\w)/g),
  shape('an xAI key', ['xai-'], /(?<!\w)xai-[A-Za-z0-9]{80}(?!\w)/g),
  shape('a Google API key', ['AIza'], /(?<![\w-])AIza[A-Za-z0-9_-]{35}(?![\w-])/g),
  shape('a Slack token', ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-'], /xox[bpars]-\d[A-Za-z0-9-]{24,}/g),
  shape('a Slack webhook', ['hooks.slack.com/'], /hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/g),
  shape('a Discord webhook', ['/api/webhooks/'], /discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,}/g),
  shape('a Stripe key', ['sk_live_', 'rk_live_'], /(?<!\w)[sr]k_live_[A-Za-z0-9]{20,}/g),
  shape('an npm token', ['npm_'], /(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)/g),
  shape('a PyPI token', ['pypi-AgE'], /pypi-AgE[A-Za-z0-9_-]{60,}/g),
  shape('a DigitalOcean token', ['dop_v1_'], /dop_v1_[0-9a-f]{64}/g),
  shape('a HashiCorp Vault token', ['hvs.', 'hvb.'], /(?<![\w.])hv[sb]\.[A-Za-z0-9_-]{80,}/g),
  shape('a 1Password token', ['ops_eyJ'], /ops_eyJ[A-Za-z0-9+/=]{200,}/g),
  shape('an age key', ['AGE-SECRET-KEY-1'], /AGE-SECRET-KEY-1[0-9A-Z]{58}/g),
];

/** The shape of a variable's assignment, as it stands in `.env`, YAML, JSON, TOML and scripts. */
export const variableShape = (name: string): KeyShape => ({
  title: `a value for ${name}`,
  anchors: [name],
  pattern: new RegExp(
    `${name}["']?[ \\t]{0,8}[=:][ \\t]{0,8}["'\`]?([A-Za-z0-9+/=_-]{16,512})(?=["'\`\\s,;]|$)`,
    'g',
  ),
  isKey: isDrawn,
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
      shapes.flatMap(({ anchors }, index) =>
        anchors.map((anchor) => ({ id: String(index), bytes: Buffer.from(anchor), isCaseSensitive: true })),
      ),
    );
  }

  /** The first key of the window: where its anchor stands, and what it is. */
  find(window: Buffer): { index: number; title: string } | undefined {
    for (let match = this.#matcher.find(window); match !== undefined; ) {
      const shape = this.#shapes[Number(match.id)];
      if (shape !== undefined && this.#holds(shape, window, match.index)) {
        return { index: match.index, title: shape.title };
      }
      match = this.#matcher.find(window, match.index + 1);
    }
    return undefined;
  }

  #holds({ pattern, isKey }: KeyShape, window: Buffer, anchorAt: number): boolean {
    const start = Math.max(0, anchorAt - lookBehindBytes);
    const text = window.toString('latin1', start, Math.min(window.length, anchorAt + lookAheadBytes));
    const at = anchorAt - start;
    for (const found of text.matchAll(pattern)) {
      if (found.index > at) return false;
      if (found.index + found[0].length <= at) continue;
      const value = found[1] ?? found[0];
      return !this.#harmless.includes(unbroken(value)) && !isSample(value) && (isKey?.(value) ?? true);
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
  return { title, anchors, pattern };
}
