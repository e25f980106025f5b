// log_history.jsonl: appended to by the trainer, replayed and tailed by everybody else.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError } from '../base/atomic.ts';
import { systemCode } from '../base/errors.ts';
import type { LogEntry, LogLine } from '../protocol/runs.ts';
import { LOG_HISTORY_FILE } from './files.ts';

const LINE_FEED = 0x0a;
/** Bytes read and parsed at a time, so that a long history leaves room for other work. */
const PART = 64 * 1024;

/** Appends one line; it is on the disk when the promise resolves. */
export async function appendLog(folder: string, line: LogLine): Promise<void> {
  const path = join(folder, LOG_HISTORY_FILE);
  try {
    const file = await open(path, 'a+');
    try {
      await file.appendFile((await endsInLine(file)) ? `${JSON.stringify(line)}\n` : `\n${JSON.stringify(line)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

/** A process killed in the middle of a line leaves a part of one: the next line starts on its own. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === LINE_FEED;
}

/** The whole history of a run as it counts; empty before the first entry. */
export async function readLogHistory(folder: string): Promise<readonly LogEntry[]> {
  const tail = new LogTail(folder);
  await tail.read();
  return tail.entries;
}

/** What changed: the first `kept` entries stand, `added` follow them. */
export interface LogDelta {
  readonly kept: number;
  readonly added: readonly LogEntry[];
}

/** Follows a run's log history. Each look reads only what was appended since the last. */
export class LogTail {
  readonly #path: string;
  #entries: LogEntry[] = [];
  #offset = 0;
  #inode = 0;
  /** The last bytes before #offset: a file that was written anew has others there. */
  #before: Buffer = Buffer.alloc(0);

  constructor(folder: string) {
    this.#path = join(folder, LOG_HISTORY_FILE);
  }

  /** Entries that a resume went back before are dropped, and so are damaged lines and one not yet ended. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Looks once; null when nothing changed. */
  async read(): Promise<LogDelta | null> {
    const had = this.#entries;
    let kept: number;
    try {
      kept = await this.#readFile();
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') return null; // in use: at the next look
      this.#restart();
      kept = 0;
    }
    const added = this.#entries.slice(kept);
    return kept === had.length && added.length === 0 ? null : { kept, added };
  }

  /** Resolves to how many of the entries known before still stand. */
  async #readFile(): Promise<number> {
    let kept = this.#entries.length;
    const file = await open(this.#path, 'r');
    try {
      const { size, ino } = await file.stat();
      if (ino !== this.#inode || size < this.#offset || !(await this.#isWhatWasRead(file))) {
        this.#restart();
        this.#inode = ino;
        kept = 0;
      }
      while (this.#offset < size) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(PART), 0, PART, this.#offset);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(LINE_FEED) + 1;
        if (end === 0) break;
        kept = Math.min(kept, this.#apply(buffer.toString('utf8', 0, end)));
        this.#offset += end;
        this.#before = Buffer.from(buffer.subarray(Math.max(0, end - 64), end));
      }
      return kept;
    } finally {
      await file.close();
    }
  }

  async #isWhatWasRead(file: FileHandle): Promise<boolean> {
    const { length } = this.#before;
    if (length === 0) return true;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, this.#offset - length);
    return buffer.equals(this.#before);
  }

  #restart(): void {
    this.#entries = [];
    this.#offset = 0;
    this.#inode = 0;
    this.#before = Buffer.alloc(0);
  }

  /** Returns the least number of entries that there were in between. */
  #apply(text: string): number {
    let least = this.#entries.length;
    for (const line of text.split('\n')) {
      const parsed = parse(line);
      if (parsed === null) continue;
      if ('resumed_from' in parsed) {
        const from = Number(parsed.resumed_from);
        this.#entries = this.#entries.filter(({ step }) => step <= from);
        least = Math.min(least, this.#entries.length);
      } else {
        this.#entries.push(parsed);
      }
    }
    return least;
  }
}

function parse(line: string): LogLine | null {
  if (line.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const numbers = Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'number'));
    return 'resumed_from' in numbers || 'step' in numbers ? (numbers as unknown as LogLine) : null;
  } catch {
    return null;
  }
}
