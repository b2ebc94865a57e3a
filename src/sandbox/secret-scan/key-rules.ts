// E7: keys of well-known services by the rules of secretlint 11 (MIT), a kept scanner: the only home of its package.
//
// Its rules alone: @secretlint/core takes five times as long to load as they do (21 ms and 4 ms, measured), and marks each text that it
// reads in Node's performance timeline, for good. Not among them, as not telling of a key: passwords in addresses (basicauth,
// database-connection-string: every compose file has one for its test database), .p12 files (gcp, with a whole TLS library), and the
// comments with which a file would silence its own findings (filter-comments); privatekey stands in key-shapes.ts.
import { TradeboxError } from '../../core/errors.js';
import type { FoundKey, KeyShape } from './key-shapes.js';

/** As much of secretlint's rule contract as is used here (@secretlint/types 11.7.1, SecretLintRuleCreator). */
interface ScannerRule {
  meta: { id: string };
  create(
    context: RuleContext,
    options: object,
  ): { file?(source: { content: string; filePath: string }): unknown };
}

interface RuleContext {
  sharedOptions: object;
  createTranslator(): (messageId: string, found?: Readonly<Record<string, string>>) => Translated;
  report(found: { message: Translated; range: readonly [start: number, end: number] }): void;
  ignore(): void;
}

interface Translated {
  messageId: string;
  /** The key, as the rule names it in its message. */
  message: string;
}

interface UsedRule extends Pick<KeyShape, 'title' | 'anchors' | 'foldsCase'> {
  /** Behind `@secretlint/secretlint-rule-`. */
  rule: string;
  options?: object;
  /** The only finding of the rule that counts, by secretlint's name; each when absent. */
  messageId?: string;
}

/** The rules by what every match of theirs holds (read in their patterns): only there are they asked. */
const usedRules: readonly UsedRule[] = [
  {
    rule: 'aws',
    title: 'an AWS access key',
    anchors: ['AKIA', 'ASIA'],
    options: { enableIDScanRule: true },
    messageId: 'AWSAccessKeyID',
  },
  {
    rule: 'aws',
    title: 'an AWS secret key',
    anchors: ['secretaccesskey', 'secret_access_key', 'secretaccess_key', 'secret_accesskey'],
    foldsCase: true,
  },
  { rule: 'npm', title: 'an npm token', anchors: ['npm_', '_authToken=', 'x-oauth-basic'] },
  {
    rule: 'slack',
    title: 'a Slack token',
    anchors: ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-'],
  },
  { rule: 'slack', title: 'a Slack webhook', anchors: ['hooks.slack.com/services/'], foldsCase: true },
  { rule: 'sendgrid', title: 'a SendGrid key', anchors: ['SG.'] },
  { rule: 'shopify', title: 'a Shopify key', anchors: ['shppa_', 'shpca_', 'shpat_', 'shpss_'] },
  {
    rule: 'github',
    title: 'a GitHub token',
    anchors: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  },
  { rule: 'openai', title: 'an OpenAI key', anchors: ['T3BlbkFJ'] },
  { rule: 'anthropic', title: 'an Anthropic key', anchors: ['sk-ant-api0'] },
  { rule: 'linear', title: 'a Linear key', anchors: ['lin_api_'] },
  { rule: '1password', title: 'a 1Password token', anchors: ['ops_ey'] },
];

/** Loads the scanner's rules, once. */
export async function loadKeyRules(): Promise<readonly KeyShape[]> {
  const { rules }: { rules: readonly ScannerRule[] } = await import(
    '@secretlint/secretlint-rule-preset-recommend'
  );
  return usedRules.map(({ rule: name, options = {}, messageId, ...shape }) => {
    const rule = rules.find(({ meta }) => meta.id === `@secretlint/secretlint-rule-${name}`);
    if (rule === undefined) throw new TradeboxError('FAULT', `secretlint has no rule "${name}".`);
    return { ...shape, keysIn: findings(rule, options, messageId) };
  });
}

/** Some ranges begin with what stands before the key (`https://…`) and are as long as the key alone: then it ends this much later. */
const beforeKey = 16;

/** What the rule reports of a text. It reports while it is called: none of those used waits for anything. */
function findings(rule: ScannerRule, options: object, only: string | undefined): KeyShape['keysIn'] {
  let found: FoundKey[] = [];
  const { file } = rule.create(
    {
      sharedOptions: {},
      // A message's texts are the key and, of some rules, the kind of it, which is shorter.
      createTranslator:
        () =>
        (messageId, texts = {}) => ({
          messageId,
          message: Object.values(texts).reduce(
            (longest, text) => (text.length > longest.length ? text : longest),
            '',
          ),
        }),
      report: ({ message: { messageId, message }, range: [start, end] }) => {
        if (only === undefined || messageId === only)
          found.push({ start, end: end + beforeKey, value: message });
      },
      ignore: () => {},
    },
    options,
  );
  return (content, filePath) => {
    found = [];
    file?.({ content, filePath });
    return found;
  };
}
