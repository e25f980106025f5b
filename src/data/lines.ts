// The lines of a text file as Python reads them: UTF-8, and \n, \r\n or \r ends a line. A line that is no text is a bad one.
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError, systemCode } from '../base/errors.ts';
import { openBytes } from './unpack.ts';

/** Some lines of a file. */
export interface LineBatch {
  /** Those that are bad are empty here. */
  readonly lines: readonly string[];
  /** Why a line of the batch cannot be read, by its place there. */
  readonly bad: ReadonlyMap<number, string>;
  /** Where line i of the batch starts in the file (unpacked, if it is packed), counted from 0. */
  byteOf(i: number): number;
}

/** Bytes of a line at the most: what is longer is a bad line, and never in memory whole. */
export const LONGEST_LINE = 64 << 20;
/** Bytes without a line end after which a file is no text: a small packed file may unpack to more than any disk. */
const ENDLESS = 1 << 30;

/** Yields the lines of `path` in batches. Throws ClozeError for a file that is missing, and for one with a bad line. */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<readonly string[]> {
  let line = 1;
  for await (const { lines, bad } of readLineBatches(path, signal, onBytes)) {
    for (const [i, reason] of bad) {
      throw new ClozeError('bad-input', `${path} line ${line + i}: ${reason}.`, 'Fix that line, or leave it out.');
    }
    yield lines;
    line += lines.length;
  }
}

/** As {@link readLines}, with the place of each line, and with bad lines told. Throws for a file that is no text at all. */
export async function* readLineBatches(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<LineBatch> {
  const rest = new Rest();
  let isFirst = true;
  let at = 0;
  try {
    for await (const chunk of openBytes(path, onBytes)) {
      throwIfCancelled(signal);
      let bytes = chunk;
      if (isFirst && bytes.length > 0) {
        checkStart(bytes, path);
        isFirst = false;
        if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
          bytes = bytes.subarray(3);
          at = 3;
        }
      }
      const block = rest.push(bytes);
      if (!block) {
        if (rest.skipped > ENDLESS) throw endless(path);
        continue;
      }
      yield batchOf(block, at, rest.takeSkipped());
      at += block.length;
    }
  } catch (error) {
    // what was unpacked before the damage can be read
    if (isFirst || rest.skipped > ENDLESS || !isPackingError(error)) throw explain(path, error);
    const last = rest.end();
    if (last.length > 0) yield batchOf(last, at, rest.takeSkipped());
    yield oneBad(at + last.length, 'the file breaks off here: the rest is not whole packed data');
    return;
  }
  const last = rest.end();
  const skipped = rest.takeSkipped();
  if (last.length > 0 || skipped > 0) yield batchOf(last, at, skipped);
}

/** Bytes whose line has not ended yet. */
class Rest {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes of a line too long to keep that were let go. */
  #skipped = 0;
  #isSkipping = false;

  /** The bytes up to the last line end in sight; undefined while there is none. */
  push(bytes: Buffer): Buffer | undefined {
    // a \r at the end may be the first half of \r\n
    const cut = Math.max(bytes.lastIndexOf(10), bytes.length > 1 ? bytes.lastIndexOf(13, bytes.length - 2) : -1) + 1;
    if (cut === 0) {
      this.#keep(bytes);
      return undefined;
    }
    const block = Buffer.concat([...this.#chunks, bytes.subarray(0, cut)]);
    this.#chunks = [];
    this.#length = 0;
    this.#isSkipping = false;
    this.#keep(bytes.subarray(cut));
    return block;
  }

  get skipped(): number {
    return this.#skipped;
  }

  /** What is left at the end of the file. */
  end(): Buffer {
    const last = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return last;
  }

  /** Bytes of the first line of what was given out last that were let go. */
  takeSkipped(): number {
    if (this.#isSkipping && this.#chunks.length > 0) return 0;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= LONGEST_LINE) return;
    this.#skipped += this.#length;
    this.#chunks = [];
    this.#length = 0;
    this.#isSkipping = true;
  }
}

/** The lines of `block`, which starts at byte `at`. `skipped`: bytes of its first line that were let go before. */
function batchOf(block: Buffer, at: number, skipped: number): LineBatch {
  const text = skipped === 0 ? decoded(block) : null;
  if (text !== null) {
    const lines = text.split(LINE_END);
    if (lines.at(-1) === '') lines.pop();
    return { lines, bad: NONE, byteOf: placeIn(text, lines, at) };
  }
  const lines: string[] = [];
  const bad = new Map<number, string>();
  const starts: number[] = [];
  let from = 0;
  while (from < block.length || lines.length === 0) {
    const end = lineEnd(block, from);
    const line = block.subarray(from, end);
    starts.push(lines.length === 0 ? at : at + skipped + from);
    const one = lines.length === 0 && skipped > 0 ? `longer than ${LONGEST_LINE / (1 << 20)} MB` : problemOf(line);
    if (one !== null) bad.set(lines.length, one);
    lines.push(one === null ? UTF8.decode(line) : '');
    from = end + (block[end] === 13 && block[end + 1] === 10 ? 2 : 1);
  }
  return { lines, bad, byteOf: (i) => starts[i] ?? at };
}

const LINE_END = /\r\n|\n|\r/;
const NONE: ReadonlyMap<number, string> = new Map();
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text; null when a line of it is bad. */
function decoded(bytes: Uint8Array): string | null {
  try {
    const text = UTF8.decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function problemOf(line: Uint8Array): string | null {
  if (line.includes(0)) return 'holds a zero byte';
  return decoded(line) === null ? 'not UTF-8 text' : null;
}

function lineEnd(block: Buffer, from: number): number {
  let end = from;
  while (end < block.length && block[end] !== 10 && block[end] !== 13) end++;
  return end;
}

/** Where lines start, counted on from the one asked for before: they are mostly asked for in order. */
function placeIn(text: string, lines: readonly string[], start: number): (i: number) => number {
  let line = 0;
  let at = 0;
  let byte = start;
  return (i) => {
    if (i < line) [line, at, byte] = [0, 0, start];
    const from = at;
    for (; line < i; line++) {
      at += (lines[line] as string).length;
      at += text.startsWith('\r\n', at) ? 2 : 1;
    }
    byte += Buffer.byteLength(text.slice(from, at));
    return byte;
  };
}

function oneBad(at: number, reason: string): LineBatch {
  return { lines: [''], bad: new Map([[0, reason]]), byteOf: () => at };
}

/** A file that is no UTF-8 text from its first bytes on. */
function checkStart(bytes: Buffer, path: string): void {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw utf16(path);
  }
  if (bytes.subarray(0, 4096).includes(0)) {
    throw new ClozeError('bad-input', `${path} holds zero bytes: it is no text file.`, 'Choose a text file.');
  }
}

const endless = (path: string): ClozeError =>
  new ClozeError('bad-input', `${path} holds a line of more than 1 GB: it is no text file.`, 'Choose a text file.');

export const utf16 = (path: string): ClozeError =>
  new ClozeError('bad-input', `${path} is UTF-16 text, not UTF-8 text.`, 'Save it as UTF-8.');

const isPackingError = (error: unknown): boolean =>
  /^Z_/.test(systemCode(error) ?? '') || (error instanceof ClozeError && error.code === 'bad-input');

function explain(path: string, error: unknown): unknown {
  switch (systemCode(error)) {
    case 'ENOENT':
      return new ClozeError('not-found', `There is no file ${path}.`, 'Check the path.', { cause: error });
    case 'EISDIR':
      return new ClozeError('bad-input', `${path} is a folder.`, 'Name a file in it.', { cause: error });
    case 'EACCES':
      return new ClozeError('bad-input', `No permission to read ${path}.`, 'Change its permissions.', { cause: error });
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return new ClozeError('bad-input', `${path} is not whole gzip data.`, 'Copy or pack it again.', { cause: error });
    default:
      return error;
  }
}
