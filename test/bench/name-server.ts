// The name server of the bench's namespace: it answers one host with one address, as the venue's would, for resolvers that read no /etc/hosts.
import { createSocket } from 'node:dgram';
import dnsPacket from 'dns-packet';

/** Listens on 127.0.0.1:53 until closed. Other names do not exist. */
export function startNameServer(host: string, address: string): Promise<{ close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const query = dnsPacket.decode(message);
    const [question] = query.questions ?? [];
    const isKnown = question?.name.toLowerCase() === host;
    const answer = dnsPacket.encode({
      type: 'response',
      id: query.id,
      flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | (isKnown ? 0 : 3),
      questions: query.questions,
      answers: isKnown && question.type === 'A' ? [{ type: 'A', name: host, ttl: 60, data: address }] : [],
    });
    socket.send(answer, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, '127.0.0.1', () =>
      resolve({ close: () => new Promise((closed) => socket.close(() => closed())) }),
    );
  });
}
