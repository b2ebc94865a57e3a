// What an agent image is made of, and the Dockerfiles that make it. Pure.
import { createHash } from 'node:crypto';
import { exitCodes } from '../core/errors.js';
import { compileTrust, trustStep } from './agent-files.js';
import { agentPaths } from './environment.js';
import { sidecarCommand, sidecarFlags, sidecarPaths, type User } from './spec.js';

/** A profile's wish for its image. */
export interface AgentRecipe {
  /** Name of the profile: part of the image's name. */
  name: string;
  /** Packages of the base's distribution. */
  apt: readonly string[];
  /** Packages of npm, pinned exactly: `openclaw@2026.9.6`. Installed globally. */
  npm: readonly string[];
  /** True when the packages' own install scripts must run. */
  runsNpmScripts: boolean;
  /** Shell lines run as root at build time, after the packages. */
  steps: readonly string[];
}

/** Tools every agent expects, whatever its profile. */
export const commonPackages = [
  'ca-certificates',
  'curl',
  'file',
  'git',
  'jq',
  'less',
  'patch',
  'procps',
  'python3',
  'python3-requests',
  'ripgrep',
  'unzip',
  'xz-utils',
] as const;

/** The host's certificate authorities, for package managers during a build; taken out again by `finish`. */
const buildCa = '/opt/tradebox/build-ca.pem';

const aptOptions = `-o Acquire::https::CaInfo=${buildCa} -o Acquire::Retries=3 -o DPkg::Options::=--force-confold`;

/** A RUN line. `more` runs while the mirror's lists are there; `$apt` in it is apt-get with the options that reach the mirror. */
export function aptInstall(packages: readonly string[], more: readonly string[] = []): string {
  return [
    `RUN apt-get ${aptOptions} update`,
    `DEBIAN_FRONTEND=noninteractive apt-get ${aptOptions} install -y --no-install-recommends ${packages.join(' ')}`,
    ...more.map((step) => step.replaceAll('$apt', `apt-get ${aptOptions}`)),
    'rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb',
  ].join(' && ');
}

/** Base of all agent images. */
export function toolsDockerfile(baseTag: string): string {
  return `${[
    `FROM ${baseTag}`,
    'COPY build-ca.pem gate finish /opt/tradebox/',
    aptInstall(commonPackages),
    'RUN rm -f /etc/machine-id && find / -xdev -type f -perm /6000 -exec chmod a-s {} +',
  ].join('\n')}\n`;
}

/** An agent image: common tools, the profile's packages and steps, the user's entry. */
export function agentDockerfile(toolsTag: string, recipe: AgentRecipe, user: User): string {
  const trust = `NODE_EXTRA_CA_CERTS=${buildCa} NPM_CONFIG_CAFILE=${buildCa} SSL_CERT_FILE=${buildCa} CURL_CA_BUNDLE=${buildCa} PIP_CERT=${buildCa}`;
  const lines = [
    // The same lines for every agent: the engine keeps what they made.
    `FROM ${toolsTag} AS make`,
    'COPY build-ca.pem trust.c /opt/tradebox/',
    aptInstall(['gcc'], [compileTrust, '$apt purge -y --auto-remove gcc']),
    `FROM ${toolsTag}`,
    'ARG NPM_CONFIG_REGISTRY',
    'COPY build-ca.pem /opt/tradebox/',
  ];
  // A base without manual pages lacks the directory into which packages of Java link theirs, and fail.
  if (recipe.apt.length > 0) lines.push('RUN mkdir -p /usr/share/man/man1', aptInstall(recipe.apt));
  if (recipe.npm.length > 0) {
    const scripts = recipe.runsNpmScripts ? '' : ' --ignore-scripts';
    lines.push(
      `RUN ${trust} npm install --global --no-fund --no-audit --no-update-notifier${scripts} ${recipe.npm.join(' ')}`,
    );
  }
  for (const step of recipe.steps) lines.push(`RUN ${trust} HOME=/home/agent sh -euc ${shellWord(step)}`);
  lines.push(
    `RUN /opt/tradebox/finish ${user.uid} ${user.gid}`,
    `COPY --from=make ${agentPaths.trustLibrary} ${agentPaths.trustLibrary}`,
    `RUN ${trustStep}`,
    `COPY keeper ${agentPaths.keeper}`,
    'ENV HOME=/home/agent',
    `USER ${user.uid}:${user.gid}`,
    'WORKDIR /workspace',
  );
  return `${lines.join('\n')}\n`;
}

/** The sidecar: the base, our two programs, and a snapshot of the first, which must start: without settings it ends with 70. */
export function sidecarDockerfile(baseTag: string): string {
  const environment = 'NODE_ENV=production TZ=UTC';
  const { snapshot, program } = sidecarPaths;
  const build = `${environment} node ${sidecarFlags.join(' ')} --snapshot-blob ${snapshot} --build-snapshot ${program}`;
  const start = `${environment} ${sidecarCommand.join(' ')} </dev/null >/dev/null`;
  const lines = [
    `FROM ${baseTag}`,
    'COPY sidecar.cjs probe.cjs /app/',
    `RUN ${build} && chmod -R a+rX /app && { ${start}; [ $? -eq ${exitCodes.fault} ]; }`,
    'WORKDIR /',
    `CMD ${JSON.stringify(sidecarCommand)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Sixteen hex digits over parts of any length, unambiguous. */
export function contentHash(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** One RUN line: a newline would end the instruction. */
function shellWord(text: string): string {
  return `'${text
    .trim()
    .replaceAll("'", `'\\''`)
    .replace(/\s*\n\s*/g, ' ; ')}'`;
}
