// One connection to a box's sidecar that stays open: the engine's exec of a bridge takes longer than a reload may. Each process that
// holds one costs a bridge in the sidecar's container.
import { PassThrough } from 'node:stream';
import {
  type ControlReply,
  type ControlRequest,
  controlReplySchema,
  controlSocketPath,
} from '../sidecar/control.js';
import { control } from './control.js';
import { splitOutput } from './docker/streams.js';
import type { Engine } from './engine.js';
import { runningContainers } from './exec.js';

export interface KeptControl {
  /**
   * As `control`. What was said to a connection that broke, or to a sidecar that has a successor, is said again over another: only
   * for requests that may be heard twice.
   * Throws BOX_UNKNOWN, BOX_NOT_RUNNING, SIDECAR_FAILED.
   */
  ask(request: ControlRequest): Promise<ControlReply>;
  close(): void;
}

const replyDeadlineMs = 10_000;
/** The sidecar ends a connection that says nothing for 30 s (control-server.ts). */
const greetingMs = 20_000;

/**
 * Moves bytes between its standard streams and a Unix socket until one side ends. In Perl, which each base of our images has
 * (Debian's and Ubuntu's perl-base is essential): as a bridge of the sidecar's own Node it held 65 MB for as long as a run is
 * attached, so it holds 8. Where there is none the connection is lost at once, and each request opens one of its own.
 */
export const bridgeScript = `
use IO::Socket::UNIX;
use IO::Select;
my $sidecar = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 70;
my $inputs = IO::Select->new(\\*STDIN, $sidecar);
while (my @ready = $inputs->can_read) {
  for my $from (@ready) {
    my $length = sysread($from, my $bytes, 65536) or exit 0;
    my $to = $from == $sidecar ? \\*STDOUT : $sidecar;
    for (my $at = 0; $at < $length;) {
      $at += syswrite($to, $bytes, $length - $at, $at) || exit 0;
    }
  }
}`;

/** Opens a connection now, and another when it is lost or a newer sidecar has taken over. */
export function keepControl(engine: Engine, name: string): KeptControl {
  let isClosed = false;
  let line: Promise<Line | undefined>;
  const open = (): Promise<Line | undefined> =>
    runningContainers(engine, name, 'sidecar')
      .then(
        async ([newest]) => {
          const opened = await openLine(engine, newest);
          if (isClosed) opened.close();
          return opened;
        },
        () => undefined,
      )
      .catch(() => undefined);
  line = open();
  const answer = async (request: ControlRequest): Promise<ControlReply> => {
    // A newer sidecar may have come since: what an older one was told is lost with it, and said again.
    const held = await line;
    const [[newest], said] = await Promise.all([
      runningContainers(engine, name, 'sidecar'),
      held?.say(request),
    ]);
    if (held?.sidecar === newest && said !== undefined) return said;
    held?.close();
    const reply = await control(engine, name, request);
    if (!isClosed) line = open();
    return reply;
  };
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(next: () => Promise<Result>): Promise<Result> => {
    const result = previous.then(next);
    previous = result.catch(() => undefined);
    return result;
  };
  const greeting = setInterval(() => {
    void inTurn(async () => {
      const held = await line;
      if (isClosed || (await held?.say({ op: 'status' })) !== undefined) return;
      held?.close();
      line = open();
      await line;
    }).catch(() => undefined);
  }, greetingMs);
  greeting.unref();
  return {
    ask: (request) => inTurn(() => answer(request)),
    close: () => {
      isClosed = true;
      clearInterval(greeting);
      void line.then((held) => held?.close());
    },
  };
}

/** One exec of the bridge: a request a line, an answer a line, in their order. */
interface Line {
  sidecar: string;
  /** The answer; undefined once the connection is lost. */
  say(request: ControlRequest): Promise<ControlReply | undefined>;
  close(): void;
}

async function openLine(engine: Engine, sidecar: string): Promise<Line> {
  const { stream } = await engine.api.execs.start(sidecar, {
    argv: ['perl', '-e', bridgeScript, controlSocketPath],
    hasTerminal: false,
    hasStdin: true,
  });
  const { socket } = stream;
  const waiting: ((text: string | undefined) => void)[] = [];
  let isOpen = true;
  const lost = (): void => {
    isOpen = false;
    socket.destroy();
    for (const tell of waiting.splice(0)) tell(undefined);
  };
  const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough()];
  let text = '';
  out.on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const each of lines) waiting.shift()?.(each);
  });
  err.resume();
  socket.on('error', lost);
  splitOutput(socket, out, err).then(lost, lost);
  return {
    sidecar,
    say: async (request) => {
      if (!isOpen) return undefined;
      const deadline = setTimeout(lost, replyDeadlineMs);
      const reply = await new Promise<string | undefined>((resolve) => {
        waiting.push(resolve);
        socket.write(`${JSON.stringify(request)}\n`);
      });
      clearTimeout(deadline);
      return reply === undefined ? undefined : parsed(reply);
    },
    close: lost,
  };
}

function parsed(text: string): ControlReply | undefined {
  try {
    return controlReplySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
