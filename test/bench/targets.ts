// What is measured against each other: straight TLS, nginx as the limit in C, squid, mitmproxy, and the real sidecar bundle.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeCertificate, type ThrowawayCertificate } from '../support/throwaway-ca.js';
import { startNameServer } from './name-server.js';
import { type Server, startServer } from './processes.js';
import { startSandboxRuntime } from './sandbox-runtime.js';
import { type SidecarParts, startSidecar } from './sidecar-process.js';
import { makeOkxCredential, signedGetHeaders } from './signed-request.js';

export const venueHost = 'www.okx.com';
/** Stands for the venue's address; exists only inside the bench's own network namespace. */
export const venueAddress = '20.0.0.1';
export const signedPath = '/api/v5/account/balance?ccy=BTC,USDT';

/** Hosts of the other shapes: a stream and a socket, a large file, and another name for the file's. */
export const streamHost = 'stream.bench.test';
export const fileHost = 'file.bench.test';
export const secondFileHost = 'files.bench.test';

export const ports = {
  nginxHop: 18443,
  mitmproxy: 18080,
  squid: 18128,
  sidecarConnect: 13128,
  /** Answers 20 ms later than 443. */
  late: 9443,
  streams: 19100,
  streamsHop: 19101,
  file: 19102,
  fileHop: 19103,
} as const;

export interface Target {
  name: string;
  /** Port of the CONNECT proxy on 127.0.0.1; absent for a straight connection. */
  proxyPort?: number;
  /** Sent with CONNECT, where the proxy wants it. */
  proxyAuthorization?: string;
  /** URL that the load generator asks. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The proxy's process; absent for a straight connection. */
  server?: Server;
}

/** What the bench was given by its start, outside the namespace. */
export interface Programs {
  sidecarBundle: string;
  /** The Node that the sidecar's image has, so that what users get is measured. */
  node: string;
  /** Where @anthropic-ai/sandbox-runtime is installed; absent where it could not be. */
  sandboxRuntime?: string;
}

export interface Stage {
  targets: Target[];
  files: CertificateFiles;
  /** For further sidecars like the one among the targets. */
  sidecar: Omit<SidecarParts, 'name' | 'connectPort'>;
  stop(): Promise<void>;
}

/** Starts the upstream and every proxy. `directory` is a temporary one that the caller removes. */
export async function startTargets(directory: string, programs: Programs): Promise<Stage> {
  const certificate = makeCertificate([venueHost, 'localhost', streamHost, fileHost, secondFileHost]);
  const files = writeCertificate(directory, certificate);
  const servers: Server[] = [];
  const start = async (...args: Parameters<typeof startServer>): Promise<Server> => {
    const server = await startServer(...args);
    servers.push(server);
    return server;
  };

  const names = await startNameServer(venueHost, venueAddress);
  const upstream = writeNginxUpstream(directory, files);
  await start('nginx', ['-c', upstream, '-p', directory], 443);
  const hop = await start('nginx', ['-c', writeNginxHop(directory, files), '-p', directory], ports.nginxHop);
  const real = makeOkxCredential();
  const decoy = makeOkxCredential();
  const swap = await start(
    'mitmdump',
    mitmproxyArgs(directory, { port: ports.mitmproxy, ca: files.ca, realKey: real.key }),
    ports.mitmproxy,
    { env: { HOME: directory } },
  );
  const bump = await start(
    'squid',
    ['-N', '-f', writeSquid(directory, files, real.key), '-n', `bench${process.pid}`],
    ports.squid,
  );
  const parts = { ...programs, directory, caFile: files.ca, real, decoy };
  const sidecar = await startSidecar({ ...parts, name: 'main', connectPort: ports.sidecarConnect });
  servers.push(sidecar);
  const peers: Target[] = [];

  const url = `https://${venueHost}${signedPath}`;
  const headers = signedGetHeaders(decoy, signedPath, Date.now());
  if (programs.sandboxRuntime !== undefined) {
    const server = await startSandboxRuntime({
      directory,
      installed: programs.sandboxRuntime,
      node: programs.node,
      allowed: [venueHost, venueAddress],
      ca: files.ca,
      realKey: real.key,
    });
    servers.push(server);
    peers.push({
      name: 'sandbox-runtime masked key',
      proxyPort: server.port,
      proxyAuthorization: server.authorization,
      url,
      headers: { ...headers, 'OK-ACCESS-KEY': server.sentinel },
      server,
    });
  }
  return {
    files,
    sidecar: parts,
    targets: [
      { name: 'direct', url, headers },
      {
        name: 'nginx two hops',
        url: `https://${venueHost}:${ports.nginxHop}${signedPath}`,
        headers,
        server: hop,
      },
      { name: 'mitmproxy header swap', proxyPort: ports.mitmproxy, url, headers, server: swap },
      { name: 'squid header swap', proxyPort: ports.squid, url, headers, server: bump },
      ...peers,
      { name: 'tradebox', proxyPort: ports.sidecarConnect, url, headers, server: sidecar },
    ],
    stop: async () => {
      for (const server of servers.reverse()) await server.stop();
      await names.close();
    },
  };
}

export interface CertificateFiles {
  ca: string;
  cert: string;
  key: string;
}

function writeCertificate(directory: string, certificate: ThrowawayCertificate): CertificateFiles {
  const files = {
    ca: path.join(directory, 'ca.pem'),
    cert: path.join(directory, 'leaf.pem'),
    key: path.join(directory, 'leaf.key'),
  };
  writeFileSync(files.ca, certificate.ca);
  writeFileSync(files.cert, certificate.cert);
  writeFileSync(files.key, certificate.key, { mode: 0o600 });
  return files;
}

/** A TLS 1.3 upstream with a 1 KB JSON answer and keep-alive, as PERFORMANCE.md measured. */
function writeNginxUpstream(directory: string, files: CertificateFiles): string {
  const answer = JSON.stringify({ code: '0', msg: '', data: [{ details: 'x'.repeat(960) }] });
  writeFileSync(path.join(directory, 'answer.json'), answer);
  return writeNginx(
    directory,
    'upstream',
    `server {
      listen ${venueAddress}:443 ssl reuseport;
      listen 127.0.0.1:443 ssl;
      ${tlsLines(files)}
      location / { default_type application/json; return 200 '${answer}'; }
    }
    server {
      listen 127.0.0.1:${ports.file} ssl http2;
      ${tlsLines(files)}
      sendfile on;
      location / { root ${directory}/files; }
    }`,
  );
}

function writeNginxHop(directory: string, files: CertificateFiles): string {
  return writeNginx(
    directory,
    'hop',
    `upstream venue { server ${venueAddress}:443; keepalive 128; }
    server {
      listen ${venueAddress}:${ports.nginxHop} ssl;
      listen 127.0.0.1:${ports.nginxHop} ssl;
      ${tlsLines(files)}
      location / {
        proxy_pass https://venue;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host ${venueHost};
        proxy_ssl_name ${venueHost};
        proxy_ssl_server_name on;
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate ${files.ca};
        proxy_ssl_protocols TLSv1.3;
      }
    }
    ${passOn(files, ports.streamsHop, ports.streams, streamHost)}
    ${passOn(files, ports.fileHop, ports.file, fileHost)}`,
  );
}

/** Passes streams and WebSockets on as they come. */
function passOn(files: CertificateFiles, port: number, upstreamPort: number, host: string): string {
  return `server {
      listen 127.0.0.1:${port} ssl;
      ${tlsLines(files)}
      location / {
        proxy_pass https://127.0.0.1:${upstreamPort};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_set_header Host ${host};
        proxy_buffering off;
        proxy_ssl_name ${host};
        proxy_ssl_server_name on;
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate ${files.ca};
        proxy_ssl_protocols TLSv1.3;
      }
    }`;
}

function tlsLines(files: CertificateFiles): string {
  return `ssl_certificate ${files.cert}; ssl_certificate_key ${files.key}; ssl_protocols TLSv1.3;
      keepalive_requests 100000000; keepalive_timeout 300s;`;
}

function writeNginx(directory: string, name: string, body: string): string {
  const file = path.join(directory, `${name}.conf`);
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${directory}/${name}.pid; error_log ${directory}/${name}.log warn;
    user root;
    events { worker_connections 4096; }
    http {
      access_log off; client_body_temp_path ${directory}/${name}-body; proxy_temp_path ${directory}/${name}-proxy;
      fastcgi_temp_path ${directory}/${name}-f; uwsgi_temp_path ${directory}/${name}-u; scgi_temp_path ${directory}/${name}-s;
      ${body}
    }\n`,
  );
  return file;
}

function mitmproxyArgs(
  directory: string,
  { port, ca, realKey }: { port: number; ca: string; realKey: string },
): string[] {
  return [
    ...[
      '--quiet',
      '--set',
      `confdir=${directory}/mitmproxy`,
      '--listen-host',
      '127.0.0.1',
      '-p',
      String(port),
    ],
    ...[
      '--set',
      `ssl_verify_upstream_trusted_ca=${ca}`,
      '--set',
      'connection_strategy=lazy',
      '--set',
      'http2=false',
    ],
    ...['--set', 'flow_detail=0', '--modify-headers', `/~q/OK-ACCESS-KEY/${realKey}`],
  ];
}

/** squid's `ssl_bump`, one worker without a cache, swapping the one header. */
function writeSquid(directory: string, files: CertificateFiles, realKey: string): string {
  const own = path.join(directory, 'squid');
  chmodSync(directory, 0o711); // squid refuses to stay root
  mkdirSync(own);
  execFileSync('/usr/lib/squid/security_file_certgen', [
    '-c',
    '-s',
    path.join(own, 'certificates'),
    '-M',
    '4MB',
  ]);
  const authority = path.join(own, 'authority.pem');
  const subject = ['-subj', '/CN=bench', '-days', '2', '-addext', 'basicConstraints=critical,CA:TRUE'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const output = ['-keyout', authority, '-out', `${authority}.cert`];
  execFileSync('openssl', ['req', '-x509', '-new', ...curve, ...output, ...subject], { stdio: 'pipe' });
  appendFileSync(authority, readFileSync(`${authority}.cert`));
  const file = path.join(own, 'squid.conf');
  writeFileSync(
    file,
    `http_port 127.0.0.1:${ports.squid} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB tls-cert=${authority}
sslcrtd_program /usr/lib/squid/security_file_certgen -s ${own}/certificates -M 4MB
sslcrtd_children 2 startup=1 idle=1
visible_hostname bench
tls_outgoing_options cafile=${files.ca} min-version=1.2
ssl_bump bump all
http_access allow all
cache deny all
cache_mem 8 MB
memory_cache_shared off
request_header_access OK-ACCESS-KEY deny all
request_header_add OK-ACCESS-KEY ${realKey} all
access_log none
cache_log ${own}/cache.log
cache_store_log none
pid_filename ${own}/squid.pid
coredump_dir ${own}
cache_effective_user nobody
cache_effective_group nogroup
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors 8192
dns_nameservers 127.0.0.1
`,
  );
  execFileSync('chown', ['-R', 'nobody:nogroup', own]);
  return file;
}
