// The table of `tradebox policy test`: requests and what is expected of each.
import { z } from 'zod';
import { parseYamlDocument } from './yaml.js';

const caseSchema = z.strictObject({
  url: z.string().min(1),
  method: z
    .string()
    .regex(/^[A-Z][A-Z-]{0,19}$/, 'must be an upper-case HTTP method')
    .default('GET'),
  expect: z.enum(['allow', 'deny']),
});
export type PolicyCase = z.output<typeof caseSchema> & { line: number };

/** The cases with their lines. Throws CONFIG_INVALID with `file:line:column: message` lines. */
export function parsePolicyCases(label: string, text: string): PolicyCase[] {
  const checked = parseYamlDocument(
    {
      label,
      text,
      code: 'CONFIG_INVALID',
      remedy: 'A case is written: - { url: "https://api.example.com/", method: GET, expect: allow }',
    },
    z.array(caseSchema).min(1),
  );
  return checked.value.map((each, index) => ({ ...each, line: checked.lineOf([index]) }));
}
