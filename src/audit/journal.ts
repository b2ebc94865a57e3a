// The append-only, hash-chained journal of one sandbox or account (S10), durable by group commit.
import fs from 'node:fs';
import type { Clock } from '../core/clock.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import { isoTime } from '../core/iso-time.js';
import type { JournalEvent, JournalHead } from './events.js';
import { type DirectoryLock, lockDirectory } from './lock.js';
import { PendingLines } from './pending-lines.js';
import { encodeRecord, hashLine, maxLineBytes } from './record.js';
import { type JournalTail, recoverTail } from './recover.js';
import { defaultSegmentBytes, openSegment, preparePrivateDirectory } from './segment.js';

export interface Journal {
  /**
   * Writes the event and returns its sequence number. The line is in the file on return, so it survives the death of
   * the process; a power cut it survives once `durable` of its number resolved.
   * @throws TradeboxError DISK_FULL, JOURNAL_BUSY or FAULT; from then on every call throws (S11) until the journal is
   * opened again.
   */
  append(event: JournalEvent): number;
  /**
   * As `append`, but the line is written with the next one, at the latest after `lingerMs`; the death of the process can
   * lose it. For what allows nothing, such as how a request ended, and for what is flushed before it has an effect.
   */
  note(event: JournalEvent): number;
  /** Writes what was only noted. @throws TradeboxError as `append` */
  flush(): void;
  /**
   * Resolves once fdatasync covered the record and every one before it; waiters of one moment share one fdatasync.
   * @throws TradeboxError as `append`; a failed fdatasync is never tried again, since the kernel may have dropped the
   * pages it could not write (fsync(2), ERRORS EIO).
   */
  durable(seq: number): Promise<void>;
  /** Place of the last record in the chain: kept elsewhere, it makes truncation show. */
  head(): JournalHead;
  /** Waits for the disk, closes the file and gives the directory up. Safe to call twice. */
  close(): Promise<void>;
}

export interface JournalOptions {
  sandbox: string;
  sandboxId: string;
  clock: Clock;
  /** Size at which a new file starts, in bytes; 64 MiB when absent. */
  segmentBytes?: number;
}

/**
 * Opens the journal in `dir` (made if missing, 0700) and records `journal.opened`. A last line cut short by a crash
 * is cut off and recorded as `journal.recovered`.
 * @throws TradeboxError JOURNAL_BUSY when another live process writes it, JOURNAL_BROKEN when its last record is not
 * one, CONFIG_MODE_LOOSE, DISK_FULL or FAULT.
 */
export function openJournal(dir: string, options: JournalOptions): Journal {
  preparePrivateDirectory(dir);
  const lock = lockDirectory(dir);
  let journal: SegmentedJournal | undefined;
  try {
    const tail = recoverTail(dir);
    journal = new SegmentedJournal(dir, lock, tail, options);
    journal.append({ type: 'journal.opened', sandbox: options.sandbox, sandboxId: options.sandboxId });
    if (tail.droppedBytes > 0) {
      const reason = 'the last line was cut short: the process or the machine stopped while writing it';
      journal.append({ type: 'journal.recovered', droppedBytes: tail.droppedBytes, reason });
    }
    return journal;
  } catch (error) {
    journal?.abandon();
    lock.release();
    throw error;
  }
}

/** Longest time in milliseconds that a line waits for company, and then for the disk when nobody waits for it. */
export const lingerMs = 5;

/** Between two looks at the lock when nothing is acknowledged; a newcomer waits longer (lock.ts). */
const lockCheckMs = 5;

interface Waiter {
  seq: number;
  resolve(): void;
  reject(error: TradeboxError): void;
}

class SegmentedJournal implements Journal {
  readonly #dir: string;
  readonly #lock: DirectoryLock;
  readonly #clock: Clock;
  readonly #segmentBytes: number;
  #fd: number;
  #segment: number;
  #segmentSize: number;
  /** Lines that are chained and not yet written. */
  readonly #pending = new PendingLines();
  #seq: number;
  #hash: string;
  /** Place of the last line that is in the file. */
  #written: JournalHead;
  #durableSeq: number;
  #atMs = Number.NaN;
  #at = '';
  #lockCheckedMs = Number.NEGATIVE_INFINITY;
  #waiters: Waiter[] = [];
  #isSyncScheduled = false;
  #linger: NodeJS.Timeout | undefined;
  #inFlight: Promise<void> | undefined;
  #failure: TradeboxError | undefined;
  #isClosed = false;

  constructor(dir: string, lock: DirectoryLock, tail: JournalTail, options: JournalOptions) {
    this.#dir = dir;
    this.#lock = lock;
    this.#clock = options.clock;
    this.#segmentBytes = options.segmentBytes ?? defaultSegmentBytes;
    this.#segment = tail.segment;
    this.#segmentSize = tail.segmentSize;
    this.#seq = tail.head.seq;
    this.#hash = tail.head.hash;
    this.#written = tail.head;
    this.#durableSeq = tail.head.seq;
    this.#fd = openSegment(dir, tail.segment, tail.isNew);
  }

  append(event: JournalEvent): number {
    const seq = this.#chain(event);
    this.#write();
    return seq;
  }

  note(event: JournalEvent): number {
    const seq = this.#chain(event);
    this.#startLinger();
    return seq;
  }

  flush(): void {
    this.#assertUsable();
    this.#write();
  }

  durable(seq: number): Promise<void> {
    if (seq <= this.#durableSeq) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (seq > this.#seq)
      return Promise.reject(new TradeboxError('FAULT', `Record ${seq} was never appended.`));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ seq, resolve, reject });
      this.#scheduleSync();
    });
  }

  /** Of the lines in the file: what only memory holds may yet be lost. */
  head(): JournalHead {
    return this.#written;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#linger);
    await this.#inFlight;
    if (this.#failure === undefined) {
      try {
        this.#write();
        fs.fdatasyncSync(this.#fd);
        this.#durableSeq = this.#seq;
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#settleWaiters();
    fs.closeSync(this.#fd);
    this.#lock.release();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Closes the file of a journal that could not be opened properly. */
  abandon(): void {
    this.#isClosed = true;
    fs.closeSync(this.#fd);
  }

  /** Gives the event its place in the chain; the line is pending. */
  #chain(event: JournalEvent): number {
    this.#assertUsable();
    const seq = this.#seq + 1;
    const nowMs = this.#clock.nowMs();
    if (nowMs !== this.#atMs) {
      this.#atMs = nowMs;
      this.#at = isoTime(nowMs);
    }
    const line = encodeRecord({ seq, at: this.#at, prev: this.#hash, event });
    if (line.length > maxLineBytes) {
      throw new TradeboxError('FAULT', `A journal event of ${line.length} bytes exceeds ${maxLineBytes}.`);
    }
    const isFull = this.#segmentSize + this.#pending.length + line.length + 1 > this.#segmentBytes;
    if (isFull && this.#segmentSize + this.#pending.length > 0) this.#rotate();
    this.#pending.add(line);
    this.#seq = seq;
    this.#hash = hashLine(line);
    return seq;
  }

  /** Puts what is pending into the file. */
  #write(): void {
    const { length } = this.#pending;
    if (length === 0) return;
    try {
      // Now and then is enough to stop; acknowledging is checked by every fdatasync.
      const nowMs = performance.now();
      if (nowMs - this.#lockCheckedMs >= lockCheckMs) {
        this.#lockCheckedMs = nowMs;
        this.#lock.assertHeld();
      }
      this.#pending.writeTo(this.#fd);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#segmentSize += length;
    this.#written = { seq: this.#seq, hash: this.#hash };
    this.#startLinger();
  }

  /** Nobody waits, yet what was chained is in the file, and what was written on the disk, soon after. */
  #startLinger(): void {
    if (this.#linger !== undefined || this.#isSyncScheduled || this.#isClosed) return;
    this.#linger = setTimeout(() => {
      this.#linger = undefined;
      if (!this.#isClosed && this.#failure === undefined) this.#startSync();
    }, lingerMs);
  }

  /** Lets everything that became ready in this turn of the event loop append first: the group costs no linger. */
  #scheduleSync(): void {
    if (this.#isSyncScheduled || this.#inFlight !== undefined || this.#isClosed) return;
    this.#isSyncScheduled = true;
    setImmediate(() => {
      this.#isSyncScheduled = false;
      if (!this.#isClosed && this.#failure === undefined) this.#startSync();
    });
  }

  #startSync(): void {
    try {
      this.#write();
    } catch {
      return; // those who wait were told
    }
    if (this.#inFlight !== undefined) return;
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const covered = this.#seq;
    this.#inFlight = new Promise((resolve) => {
      fs.fdatasync(this.#fd, (error) => {
        this.#inFlight = undefined;
        try {
          if (error !== null) throw error;
          this.#lock.assertHeld();
          this.#durableSeq = Math.max(this.#durableSeq, covered);
        } catch (thrown) {
          this.#fail(thrown);
        }
        this.#settleWaiters();
        if (this.#waiters.length > 0) this.#scheduleSync();
        else if (this.#durableSeq < this.#seq) this.#startLinger();
        resolve();
      });
    });
  }

  #settleWaiters(): void {
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) {
      if (waiter.seq <= this.#durableSeq) waiter.resolve();
      else if (this.#failure !== undefined) waiter.reject(this.#failure);
      else this.#waiters.push(waiter);
    }
  }

  /** Starts the next file once this one is on disk, so that a power cut cannot lose records before kept ones. */
  #rotate(): void {
    this.#write();
    let next: number;
    try {
      fs.fdatasyncSync(this.#fd);
      this.#durableSeq = this.#seq;
      next = openSegment(this.#dir, this.#segment + 1, true);
    } catch (error) {
      throw this.#fail(error);
    }
    const previous = this.#fd;
    this.#fd = next;
    this.#segment += 1;
    this.#segmentSize = 0;
    // A running fdatasync still uses the descriptor.
    if (this.#inFlight === undefined) fs.closeSync(previous);
    else void this.#inFlight.then(() => fs.closeSync(previous));
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isClosed) throw new TradeboxError('FAULT', 'The journal is closed.');
  }

  /** S11: remembers the first failure; nothing is recorded, and so nothing allowed, after it. */
  #fail(error: unknown): TradeboxError {
    this.#failure ??= failureOf(this.#dir, error);
    this.#settleWaiters();
    return this.#failure;
  }
}

function failureOf(dir: string, error: unknown): TradeboxError {
  if (error instanceof TradeboxError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new TradeboxError('DISK_FULL', `The journal ${dir} cannot grow: no space is left (${code}).`, {
      remedy: 'Free disk space, then restart the sandbox; it allows nothing until then.',
      cause: error,
    });
  }
  return new TradeboxError('FAULT', `The journal ${dir} cannot be written: ${messageOf(error)}.`, {
    remedy: 'Check the disk, then restart the sandbox; it allows nothing until then.',
    cause: error,
  });
}
