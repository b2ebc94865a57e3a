// A TLS connection to a host of the bench, straight to 127.0.0.1 or through a CONNECT proxy there.
import net from 'node:net';
import tls from 'node:tls';

export interface Dial {
  host: string;
  port: number;
  /** Port of the CONNECT proxy; straight when absent. */
  proxyPort?: number;
  /** An address instead of 127.0.0.1, where no proxy is asked. */
  address?: string;
  /** What is offered by ALPN; HTTP/1.1 when absent. */
  protocols?: readonly string[];
}

/** Resolves when the handshake is done. Certificates are not verified: each proxy has an authority of its own. */
export async function dialTls({
  host,
  port,
  proxyPort,
  address = '127.0.0.1',
  protocols = ['http/1.1'],
}: Dial): Promise<tls.TLSSocket> {
  const raw = net.connect({
    host: proxyPort === undefined ? address : '127.0.0.1',
    port: proxyPort ?? port,
    noDelay: true,
  });
  await once(raw, 'connect');
  if (proxyPort !== undefined) {
    raw.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    const reply = await new Promise<string>((resolve, reject) => {
      raw.once('data', (chunk) => resolve(chunk.toString('latin1')));
      raw.once('error', reject);
      raw.once('close', () => reject(new Error('closed before an answer to CONNECT')));
    });
    if (!reply.startsWith('HTTP/1.1 200')) throw new Error(`CONNECT ${host}: ${reply.slice(0, 80)}`);
  }
  const secure = tls.connect({
    socket: raw,
    servername: host,
    rejectUnauthorized: false,
    ALPNProtocols: [...protocols],
  });
  await once(secure, 'secureConnect');
  return secure;
}

function once(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
  });
}
