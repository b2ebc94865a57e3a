// A way to run a command as a child of the agent's own main process: at `gvisor` what the engine's exec starts beside it is not under the
// agent's filter of system calls, and an attack made so would prove nothing about the agent.

const path = '/tmp/.door';

/** The agent's main process: starts each command that comes, on the descriptors that come with it, and answers with its exit code. */
const server = `
import json, os, socket, subprocess, threading
door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
door.bind('${path}')
door.listen(64)
def serve(client):
    text, fds, _, _ = socket.recv_fds(client, 1 << 20, 3)
    while not text.endswith(b'\\n'): text += client.recv(1 << 20)
    try:
        child = subprocess.Popen(json.loads(text), stdin=fds[0], stdout=fds[1], stderr=fds[2])
        for fd in fds: os.close(fd)
        code = child.wait()
    except FileNotFoundError: code = 127
    client.sendall(str(code if code >= 0 else 128 - code).encode())
    client.close()
while True: threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()
`;

const client = `
import socket, sys
door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
door.connect('${path}')
text = sys.argv[1].encode() + b'\\n'
sent = socket.send_fds(door, [text], [0, 1, 2])
door.sendall(text[sent:])
sys.exit(int(door.recv(16)))
`;

export const doorCommand: readonly string[] = ['python3', '-c', server];
export const throughDoor = (command: readonly string[]): string[] => [
  'python3',
  '-c',
  client,
  JSON.stringify(command),
];
