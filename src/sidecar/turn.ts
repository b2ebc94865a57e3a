// One turn of the event loop, phase by phase: first everything that came in is read and decided, then everything is sent, then what
// nobody waits for is done.
// Taking one connection at a time through all of it runs several hundred kilobytes of code (TLS, kernel, our own) for each, more
// than the processor's caches hold; side by side the connections share what one of them has loaded. At 64 connections that is
// twice the rate. With one connection it costs a look at the queue.

type Work = () => void;

class Turn {
  #reads: Work[] = [];
  #sends: Work[] = [];
  #rests: Work[] = [];
  #isScheduled = false;

  /** Work on bytes that came in. Runs before this turn's sends, in the order given. */
  read(work: Work): void {
    this.#reads.push(work);
    this.#schedule();
  }

  /** Work that gives bytes to a socket. Runs after all reads of the turn, in the order given. */
  send(work: Work): void {
    this.#sends.push(work);
    this.#schedule();
  }

  /** Work that no peer waits for. Runs after this turn's sends, in the order given. */
  rest(work: Work): void {
    this.#rests.push(work);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#run());
  }

  /** What is added meanwhile by reads is still sent in this turn; the rest waits for the next, so that no turn is endless. */
  #run(): void {
    const reads = this.#reads;
    this.#reads = [];
    for (const work of reads) perform(work);
    const sends = this.#sends;
    this.#sends = [];
    for (const work of sends) perform(work);
    const rests = this.#rests;
    this.#rests = [];
    for (const work of rests) perform(work);
    this.#isScheduled = false;
    if (this.#reads.length > 0 || this.#sends.length > 0 || this.#rests.length > 0) this.#schedule();
  }
}

/** A fault of one connection is the process's to judge, and costs no other its turn (A14). */
function perform(work: Work): void {
  try {
    work();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** The process has one event loop, and so one turn. */
export const turn = new Turn();
