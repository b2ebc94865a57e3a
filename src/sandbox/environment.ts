// The agent's environment: where the proxy is and which authority to trust, in the variable each runtime reads. Pure.

/** Files inside the agent container. In the box the sidecar's authority is the only one there is. */
export const agentPaths = {
  home: '/home/agent',
  workspace: '/workspace',
  gate: '/opt/tradebox/gate',
  keeper: '/opt/tradebox/keeper',
  /** What `handover.ts` fills. */
  handover: '/run/tradebox',
  certificate: '/run/tradebox/ca.pem',
  /** The same for a JVM. */
  javaTrustStore: '/run/tradebox/cacerts',
  readyFlag: '/run/tradebox/ready',
  resolver: '/etc/resolv.conf',
  bundle: '/etc/ssl/certs/ca-certificates.crt',
  /** What `images/agent/trust.c` becomes. */
  trustLibrary: '/opt/tradebox/trust.so',
} as const;

export interface EnvironmentInput {
  boxName: string;
  sidecarAddress: string;
  connectPort: number;
  /** From profile and decoys; wins over ours except where the boundary needs ours. */
  own: Readonly<Record<string, string>>;
}

/**
 * An honest client of a cloud looks for its credentials at the metadata service, through the proxy, and so would taint the box (S11).
 * AWS: SDKs and Tools Reference Guide, IMDS credential provider. Google: gcp-metadata 8.1.2 for Node; NO_GCE_CHECK is that of
 * google-auth-library-java and of TensorFlow.
 */
const withoutMetadataService = {
  AWS_EC2_METADATA_DISABLED: 'true',
  METADATA_SERVER_DETECTION: 'none',
  NO_GCE_CHECK: 'true',
};

/** Where runtimes look for the bundle that have no file of the system's for it: Node's own, and that of Python's certifi, among others. */
export const trustVariables = [
  // Node: its own store, not the system's.
  'NODE_EXTRA_CA_CERTS',
  // OpenSSL (Python's ssl, Ruby, PHP), requests, curl, git, pip, AWS SDKs, Deno, Cargo.
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
  'DENO_CERT',
  'CARGO_HTTP_CAINFO',
] as const;

/** Environment of the agent container. None of it is secret (S1). */
export function agentEnvironment(input: EnvironmentInput): Record<string, string> {
  // The address, not a name: clients that resolve the proxy themselves need no DNS. Private, not loopback: OpenClaw refuses 127/8.
  const proxy = `http://${input.sidecarAddress}:${input.connectPort}`;
  const direct = 'localhost,127.0.0.1,::1,tradebox.internal,.tradebox.internal';
  const { bundle, home } = agentPaths;
  return {
    PATH: '/home/agent/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...withoutMetadataService,
    ...input.own,
    HOME: home,
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/bash',
    TRADEBOX: '1',
    TRADEBOX_NAME: input.boxName,
    ...Object.fromEntries(trustVariables.map((name) => [name, bundle])),
    // Node's fetch and http honour the proxy variables only when asked to.
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: direct,
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    no_proxy: direct,
    // A JVM reads none of these, but this one; its own store is not the system's.
    JAVA_TOOL_OPTIONS: javaOptions(input),
  };
}

/** A profile's own options go into `JDK_JAVA_OPTIONS`. */
function javaOptions({ sidecarAddress, connectPort }: EnvironmentInput): string {
  const proxy = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=${sidecarAddress}`,
    `-D${scheme}.proxyPort=${connectPort}`,
  ]);
  const direct = '-Dhttp.nonProxyHosts=localhost|127.*|[::1]|tradebox.internal|*.tradebox.internal';
  return [`-Djavax.net.ssl.trustStore=${agentPaths.javaTrustStore}`, ...proxy, direct].join(' ');
}
