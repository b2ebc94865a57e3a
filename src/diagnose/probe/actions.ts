// The probe's hands: each action touches the network or /proc of the box and says what happened. Nothing here judges.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIPv6, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ProbeAction, ProbeObservation } from './protocol.js';

type Action<Kind extends ProbeAction['do']> = Extract<ProbeAction, { do: Kind }>;
const bodyLimitBytes = 64 * 1024;

/** Performs one action; never rejects: a failure is an observation. */
export async function perform(action: ProbeAction): Promise<ProbeObservation> {
  switch (action.do) {
    case 'tcp':
      return connectTcp(action);
    case 'udp':
      return sendDatagram(action);
    case 'dns':
      return askDns(action);
    case 'https':
      return requestHttps(action);
    case 'processes':
      return { do: 'processes', id: action.id, processes: listProcesses() };
    case 'self':
      return describeSelf(action);
  }
}

function connectTcp(action: Action<'tcp'>): Promise<ProbeObservation> {
  return new Promise((resolve) => {
    const socket = connect({ host: action.host, port: action.port });
    const finish = (outcome: 'connected' | 'failed', detail: string) => {
      socket.destroy();
      resolve({ do: 'tcp', id: action.id, outcome, detail });
    };
    socket.setTimeout(action.timeoutMs, () => finish('failed', 'timeout'));
    socket.once('connect', () => finish('connected', `${socket.remoteAddress}:${socket.remotePort}`));
    socket.once('error', (error) => finish('failed', codeOf(error)));
  });
}

function sendDatagram(action: Action<'udp'>): Promise<ProbeObservation> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(action.host.split('%')[0] ?? '') ? 'udp6' : 'udp4');
    const timer = setTimeout(() => finish('failed', 'timeout'), action.timeoutMs);
    const finish = (outcome: 'answered' | 'failed', detail: string) => {
      clearTimeout(timer);
      socket.close();
      resolve({ do: 'udp', id: action.id, outcome, detail });
    };
    socket.once('message', (message) => finish('answered', `${message.length} bytes`));
    socket.once('error', (error) => finish('failed', codeOf(error)));
    socket.send(Buffer.from(action.payload, 'base64'), action.port, action.host, (error) => {
      if (error !== null) finish('failed', codeOf(error));
    });
  });
}

async function askDns(action: Action<'dns'>): Promise<ProbeObservation> {
  const resolver = new Resolver({ timeout: action.timeoutMs, tries: 1 });
  try {
    if (action.server !== undefined) resolver.setServers([action.server]);
    const addresses = await resolver.resolve4(action.name);
    return { do: 'dns', id: action.id, outcome: 'answered', addresses, detail: '' };
  } catch (error) {
    return { do: 'dns', id: action.id, outcome: 'failed', addresses: [], detail: codeOf(error) };
  }
}

async function requestHttps(action: Action<'https'>): Promise<ProbeObservation> {
  const failed = (detail: string): ProbeObservation => ({
    do: 'https',
    id: action.id,
    outcome: 'failed',
    status: 0,
    body: '',
    detail,
  });
  let tunnel: Socket | undefined;
  try {
    if (action.proxy !== undefined) tunnel = await openTunnel(action, action.proxy);
  } catch (error) {
    return failed(codeOf(error));
  }
  return new Promise((resolve) => {
    const request = httpsRequest({
      host: action.address ?? action.host,
      port: action.port,
      servername: action.host,
      path: action.path,
      method: action.method,
      headers: { host: action.host, ...action.headers },
      ca: action.ca,
      agent: false,
      ...(tunnel === undefined ? {} : { socket: tunnel }),
    });
    request.setTimeout(action.timeoutMs, () => request.destroy(new Error('timeout')));
    request.once('error', (error) => resolve(failed(codeOf(error))));
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes <= bodyLimitBytes) chunks.push(chunk);
      });
      response.once('error', (error) => resolve(failed(codeOf(error))));
      response.once('end', () =>
        resolve({
          do: 'https',
          id: action.id,
          outcome: 'answered',
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          detail: '',
        }),
      );
    });
    request.end();
  });
}

function openTunnel(action: Action<'https'>, proxy: { host: string; port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const authority = `${action.host}:${action.port}`;
    const request = httpRequest({
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      headers: { host: authority },
      path: authority,
      agent: false,
    });
    request.setTimeout(action.timeoutMs, () => request.destroy(new Error('timeout')));
    request.once('error', reject);
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else {
        socket.destroy();
        reject(new Error(`CONNECT ${response.statusCode}`));
      }
    });
    request.end();
  });
}

function listProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8');
      try {
        return [
          {
            pid: Number(name),
            command: read('cmdline').replaceAll('\0', ' ').trim(),
            environment: readOr(() => parseEnvironment(read('environ')), {}),
            status: parseStatus(read('status')),
          },
        ];
      } catch {
        return []; // the process ended while we looked
      }
    });
}

function parseEnvironment(block: string): Record<string, string> {
  return Object.fromEntries(
    block
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

const statusFields = new Set(['CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Seccomp', 'Uid', 'Gid']);

function parseStatus(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
      .filter(([key]) => statusFields.has(key)),
  );
}

function describeSelf(action: Action<'self'>): ProbeObservation {
  return {
    do: 'self',
    id: action.id,
    nowMs: Date.now(),
    addresses: Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map((entry) => entry.address),
    ),
    routes: readOr(() => readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1), []),
    nameservers: readOr(
      () =>
        readFileSync('/etc/resolv.conf', 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('nameserver '))
          .map((line) => line.slice('nameserver '.length).trim()),
      [],
    ),
  };
}

function readOr<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return (thrown as NodeJS.ErrnoException).code ?? thrown.message;
}
