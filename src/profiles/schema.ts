// The schema of a profile: what an agent is made of. S9: it can ask for software, a command, variables, files and hosts, and
// for nothing that weakens the box: no mounts, devices, capabilities, secrets, pins, modes or paper redirect.
import { z } from 'zod';
import { hostRuleShape } from '../config/host-pattern.js';
import { isolationWishes } from '../core/isolation.js';
import { nearest } from '../core/nearest.js';
import { findVenue, venues } from '../venues/venues.js';
import { profileNamePattern } from './find.js';
import { explainTemplate } from './placeholders.js';

const word = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'holds a NUL character');
const argv = z.array(word).min(1);

const debianPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,63}$/, 'must be the name of a Debian package');

/** An unpinned install can bring another agent tomorrow; on some Node versions npm even brings a placeholder today. */
const npmPackage = z
  .string()
  .regex(
    /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*@\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
    'must be a package with its exact version, e.g. openclaw@2026.9.6',
  );

/** Variables that the box sets itself: what a profile wrote there would break the way out, or pretend to. */
const ownVariables =
  /^(?:HTTPS?_PROXY|ALL_PROXY|NO_PROXY|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|NODE_USE_SYSTEM_CA|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|GIT_SSL_NO_VERIFY|JAVA_TOOL_OPTIONS|LD_PRELOAD|HOME|TRADEBOX_.*)$/i;

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be the name of an environment variable')
  .refine((name) => !ownVariables.test(name), 'the box sets this variable itself; a profile cannot');

const template = z
  .string()
  .max(64 * 1024)
  .superRefine((text, context) => {
    const problem = explainTemplate(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const homePath = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/,
    'must be a path below the home directory, e.g. .openclaw/openclaw.json',
  )
  .refine(
    (path) => !path.split('/').some((part) => part === '.' || part === '..'),
    'must not contain "." or ".." parts',
  );

const fileSchema = z.strictObject({
  /** Path below /home/agent. */
  path: homePath,
  /** Text with placeholders. */
  content: template,
  isExecutable: z.boolean().default(false),
});

const venueId = z.string().superRefine((id, context) => {
  if (findVenue(id) !== undefined) return;
  const ids = venues.map((venue) => venue.id);
  const near = nearest(id, ids);
  context.addIssue({
    code: 'custom',
    message: `no such venue; ${near === undefined ? `known: ${ids.join(', ')}` : `did you mean "${near}"?`}`,
  });
});

const imageSchema = z.strictObject({
  /** Debian packages. */
  apt: z.array(debianPackage).default([]),
  /** npm packages, installed globally, each with its exact version. */
  npm: z.array(npmPackage).default([]),
  /** Whether the npm packages' install scripts run: while the image is built, never in a box. */
  npmScripts: z.boolean().default(false),
  /** Shell lines of the image build, run as root after the packages. */
  steps: z.array(word).default([]),
});

export const profileSchema = z.strictObject({
  name: z.string().regex(profileNamePattern, 'is made of lower-case letters, digits and "-"'),
  description: z.string().min(3).max(200),
  image: imageSchema.prefault({}),
  /** What is run with the words of `-- args`. */
  command: argv,
  /** What is run when the command line has no `-- args`; the command when absent. */
  withoutArgs: argv.optional(),
  /** Whether the agent gets a terminal when the caller has one. */
  tty: z.boolean().default(true),
  env: z.record(variableName, template).default({}),
  files: z.array(fileSchema).max(32).default([]),
  /** Venues whose accounts the agent can use. */
  accounts: z.array(venueId).default([]),
  /** Ids of plain credentials it is given where tradebox.yaml has them; `*` for every one. */
  credentials: z
    .array(z.string().regex(/^(?:\*|[a-z][a-z0-9-]{0,39})$/, 'must be the id of a credential, or "*"'))
    .default([]),
  hosts: z.array(z.strictObject(hostRuleShape)).default([]),
  /** The wall it asks for where neither the command line nor tradebox.yaml says; it can ask for no weaker one than the default. */
  isolation: z.enum(isolationWishes).optional(),
  /** Commands that diagnose runs in the box and expects to end with 0. */
  preflight: z.array(argv).default([]),
  /** What is peculiar about the agent behind a proxy or with its own trust store: for readers. */
  quirks: z.array(z.string()).default([]),
});

export type ProfileDocument = z.output<typeof profileSchema>;
