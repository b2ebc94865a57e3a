// Large answers over HTTP/2 that nobody reads: what a sidecar's memory comes to when an upstream sends all that it may (A14).
import http2 from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialTls } from './dial-tls.js';
import { residentMb, type Server } from './processes.js';
import { fileHost, secondFileHost } from './targets.js';

/** As many as a sidecar lets be under way: of one origin half of them. */
const streamsOfHost = 256;
const streamsOfSession = 64;
/** Of 100 MB; see shapes.ts. */
const target = '/100mb';

/** MB resident once nothing more comes. Throws when an answer fails. */
export async function holdStreams({
  sidecar,
  proxyPort,
}: {
  sidecar: Server;
  proxyPort: number;
}): Promise<number> {
  const sessions: http2.ClientHttp2Session[] = [];
  try {
    const hosts = [fileHost, secondFileHost].flatMap((host) =>
      Array<string>(streamsOfHost / streamsOfSession).fill(host),
    );
    for (const host of hosts) {
      const secure = await dialTls({ host, port: 443, proxyPort, protocols: ['h2'] });
      const settings = { initialWindowSize: 0, enablePush: false };
      const session = http2.connect(`https://${host}`, { createConnection: () => secure, settings });
      sessions.push(session);
      await Promise.all(Array.from({ length: streamsOfSession }, () => answered(session)));
    }
    let before = 0;
    let now = residentMb(sidecar.pid);
    while (now - before > 1) {
      await sleep(500);
      before = now;
      now = residentMb(sidecar.pid);
    }
    return now;
  } finally {
    for (const session of sessions) session.destroy();
  }
}

/** Resolves with the head of an answer, whose content stays where it is. */
function answered(session: http2.ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': target });
    stream.pause();
    stream.on('error', reject);
    stream.once('close', () => reject(new Error('an answer that nobody read was ended')));
    stream.once('response', (headers) => {
      if (headers[':status'] === 200) resolve();
      else reject(new Error(`answered with ${headers[':status']}`));
    });
  });
}
