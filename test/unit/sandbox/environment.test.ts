import { expect, test } from 'vitest';
import { agentEnvironment } from '../../../src/sandbox/environment.js';

const make = (own: Record<string, string> = {}) =>
  agentEnvironment({ boxName: 'demo', sidecarAddress: '10.201.0.2', connectPort: 3128, own });

test('every runtime is told of the proxy, in both spellings', () => {
  const environment = make();
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
    expect(environment[name]).toBe('http://10.201.0.2:3128');
    expect(environment[name.toLowerCase()]).toBe(environment[name]);
  }
  expect(environment.NODE_USE_ENV_PROXY).toBe('1');
  expect(environment.NO_PROXY).toBe(environment.no_proxy);
  expect(environment.NO_PROXY).toContain('127.0.0.1');
});

test('every runtime is told of the one authority', () => {
  const environment = make();
  const names = [
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'PIP_CERT',
    'AWS_CA_BUNDLE',
    'DENO_CERT',
  ];
  expect(names.map((name) => environment[name])).toEqual(
    names.map(() => '/etc/ssl/certs/ca-certificates.crt'),
  );
});

test('a JVM gets the store, the proxy and what goes straight as options; a profile cannot take its place', () => {
  const { JAVA_TOOL_OPTIONS } = make({ JAVA_TOOL_OPTIONS: '-Dhttps.proxyHost=elsewhere' });
  expect(JAVA_TOOL_OPTIONS?.split(' ')).toEqual([
    '-Djavax.net.ssl.trustStore=/run/tradebox/cacerts',
    '-Dhttp.proxyHost=10.201.0.2',
    '-Dhttp.proxyPort=3128',
    '-Dhttps.proxyHost=10.201.0.2',
    '-Dhttps.proxyPort=3128',
    '-Dhttp.nonProxyHosts=localhost|127.*|[::1]|tradebox.internal|*.tradebox.internal',
  ]);
});

test('a profile adds variables and may choose its path, but cannot point the agent past the sidecar', () => {
  const environment = make({
    OKX_API_KEY: 'decoy',
    PATH: '/opt/agent/bin:/usr/bin',
    HTTPS_PROXY: 'http://elsewhere:1',
    no_proxy: '*',
    NODE_EXTRA_CA_CERTS: '/workspace/ca.pem',
    HOME: '/root',
  });
  expect(environment).toMatchObject({
    OKX_API_KEY: 'decoy',
    PATH: '/opt/agent/bin:/usr/bin',
    HTTPS_PROXY: 'http://10.201.0.2:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    HOME: '/home/agent',
  });
  expect(environment.no_proxy).not.toBe('*');
});

test('clients of clouds are told not to look for a metadata service, unless a profile says otherwise', () => {
  const told = {
    AWS_EC2_METADATA_DISABLED: 'true',
    METADATA_SERVER_DETECTION: 'none',
    NO_GCE_CHECK: 'true',
  };
  expect(make()).toMatchObject(told);
  expect(make({ AWS_EC2_METADATA_DISABLED: 'false' })).toMatchObject({
    ...told,
    AWS_EC2_METADATA_DISABLED: 'false',
  });
});
