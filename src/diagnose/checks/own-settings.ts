// What clients in the box read besides the proxy variables: files and variables of their own about proxies and trust. Each client that
// has any is tried as it is set, and the journal says where the sidecar met it. Which of several settings a client heeds shows there.
import { type BoxUnderTest, type Check, fail, pass, warn } from '../check.js';
import { askWay } from './proxies.js';

interface Client {
  /** Variables that it follows, in lower case, beside the proxy variables, which `proxies` tries. */
  variables: readonly string[];
  /** A line of shell that prints its settings, `place:line` each. */
  files: string;
  /** Asks for the URL that follows; absent where it has no program for that. */
  ask?: readonly string[];
}

/** Prints the lines of files that begin with one of these words. */
const linesOf = (words: string, ...files: readonly string[]) =>
  `grep -HiE '^[[:space:]]*-{0,2}(${words})([[:space:]=:]|$)' ${files.join(' ')} 2>/dev/null`;

/** Sources: npm-config(7), git-config(1), pip's "Configuration", curl(1) --config, Wget's manual "Wgetrc", java.net's "Networking Properties". */
const clients: Readonly<Record<string, Client>> = {
  npm: {
    variables: ['npm_config_proxy', 'npm_config_https_proxy', 'npm_config_cafile', 'npm_config_strict_ssl'],
    files: linesOf(
      'proxy|https?-proxy|noproxy|ca|cafile|strict-ssl',
      ...['.npmrc', '"$HOME/.npmrc"', '/usr/local/etc/npmrc'],
    ),
    ask: ['npm', 'view', '--fetch-retries=0', '--fetch-timeout=4000', 'x', 'version', '--registry'],
  },
  git: {
    variables: ['git_ssl_cainfo', 'git_ssl_no_verify', 'git_ssl_capath'],
    files: `git config --show-origin --get-regexp '^http\\.(.*\\.)?(proxy|sslcainfo|sslcapath|sslverify)$'`,
    ask: ['timeout', '6', 'git', 'ls-remote'],
  },
  pip3: {
    variables: ['pip_proxy', 'pip_cert', 'pip_trusted_host', 'requests_ca_bundle'],
    files: linesOf(
      'proxy|cert|trusted-host',
      ...['/etc/pip.conf', '"$HOME/.pip/pip.conf"', '"$HOME/.config/pip/pip.conf"'],
    ),
    ask: ['pip3', 'download', '--retries', '0', '--timeout', '4', '-d', '/tmp', 'x', '--index-url'],
  },
  curl: {
    variables: ['curl_ca_bundle'],
    files: linesOf('proxy|x|preproxy|noproxy|socks[0-9a-z-]*|cacert|capath|insecure|k', '"$HOME/.curlrc"'),
    ask: ['curl', '-sS', '-m', '4', '-o', '/dev/null'],
  },
  wget: {
    variables: [],
    files: linesOf(
      'use_proxy|https?_proxy|no_proxy|ca_certificate|ca_directory|check_certificate',
      ...['/etc/wgetrc', '"$HOME/.wgetrc"'],
    ),
    ask: ['wget', '-q', '-T', '4', '-t', '1', '-O', '/dev/null'],
  },
  node: {
    variables: ['node_options', 'node_extra_ca_certs', 'node_tls_reject_unauthorized', 'node_use_env_proxy'],
    files: '',
    ask: [
      'node',
      '-e',
      'fetch(process.argv[1], { signal: AbortSignal.timeout(4000) }).catch(() => process.exit(1))',
    ],
  },
  java: {
    variables: ['java_tool_options', 'jdk_java_options', '_java_options'],
    files: linesOf(
      'https?\\.proxy[a-z]+|socksProxy[a-z]+',
      '"$(readlink -f "$(command -v java)" | sed "s|bin/java$|conf/net.properties|")"',
    ),
  },
};

export const ownSettingsCheck: Check = {
  id: 'own-settings',
  proves: 'proxies and authorities that clients read from files and variables of their own lose to the box',
  invariants: ['S3'],
  async run({ box }) {
    const [seen] = await box.probe([{ do: 'processes', id: 'processes' }]);
    const ours = variablesOf((await box.exec(['env'])).stdout);
    if (seen?.do !== 'processes' || Object.keys(ours).length === 0)
      return fail('no process could be read', 'Run `tradebox diagnose` again.');
    const environments = seen.processes.map(({ environment }) => environment);
    const tried = await Promise.all(
      Object.entries(clients).map((entry) => tryClient(box, entry, ours, environments)),
    );
    const told = tried.filter((one) => one !== undefined);
    const text = told.map(({ text }) => text).join('; ');
    if (told.some(({ isAnswered }) => isAnswered))
      return fail(`${text}: an answer from a name that nobody allowed`, 'Run `tradebox reset` for the box.');
    if (told.some(({ way }) => way === 'nowhere'))
      return warn(text, 'Take out the settings that lead nowhere: the box has its own way out.');
    return pass(text === '' ? 'no client has any' : text);
  },
};

interface Tried {
  text: string;
  way: string;
  isAnswered: boolean;
}

/** Undefined for a client that is not there, or has no settings of its own. */
async function tryClient(
  box: BoxUnderTest,
  [name, { variables, files, ask }]: [string, Client],
  ours: Readonly<Record<string, string>>,
  environments: readonly Readonly<Record<string, string>>[],
): Promise<Tried | undefined> {
  const { exitCode, stdout } = await box.exec(['sh', '-c', `command -v ${name} >&2 || exit 1; ${files}; :`]);
  if (exitCode !== 0) return undefined;
  const own = new Map<string, string>();
  for (const [variable, value] of environments.flatMap(Object.entries<string>)) {
    if (variables.includes(variable.toLowerCase()) && ours[variable] !== value) own.set(variable, value);
  }
  const pairs = [...own].map((pair) => pair.join('='));
  const shown = [...stdout.split('\n').filter((line) => line !== ''), ...pairs].map(printable);
  if (shown.length === 0) return undefined;
  const seen = ask && (await askWay(box, ask, pairs));
  const { way, isAnswered } = seen ?? { way: 'not tried', isAnswered: false };
  return { text: `${name} (${shown.slice(0, mostShown).join(', ')}): ${way}`, way, isAnswered };
}

/** An agent may write as many lines as it likes. */
const mostShown = 4;

const printable = (text: string) => text.replace(/[^\x21-\x7e]+/g, ' ').slice(0, 120);

/** What `env` prints; a value of several lines ends at the first. */
function variablesOf(printed: string): Record<string, string> {
  const pairs = printed.split('\n').map((line) => /^([^=]+)=(.*)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]])));
}
