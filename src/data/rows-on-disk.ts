// Tokenized rows in a folder: ids.bin (2 or 4 bytes an id), lengths.bin (4 bytes a row), words.bin (1 byte a token).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import type { RowSink, TokenRow, TokenRows } from './token-rows.ts';

export interface RowFormat {
  /** Bytes of an id: 2 where the vocabulary allows it. */
  readonly idBytes: 2 | 4;
  readonly wordStarts: boolean;
}

export interface RowCounts {
  readonly rows: number;
  readonly tokens: number;
}

const IDS = 'ids.bin';
const LENGTHS = 'lengths.bin';
const WORDS = 'words.bin';

/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 20;

/** Writes rows into a folder that is there. All numbers are little-endian, as on every platform that Cloze runs on. */
export class RowWriter implements RowSink {
  #rows = 0;
  #tokens = 0;

  private constructor(
    private readonly format: RowFormat,
    private readonly ids: Appender,
    private readonly lengths: Appender,
    private readonly words: Appender | null,
  ) {}

  static async create(folder: string, format: RowFormat): Promise<RowWriter> {
    const [ids, lengths, words] = await Promise.all([
      Appender.open(join(folder, IDS)),
      Appender.open(join(folder, LENGTHS)),
      format.wordStarts ? Appender.open(join(folder, WORDS)) : null,
    ]);
    return new RowWriter(format, ids, lengths, words);
  }

  push({ ids, wordStarts }: TokenRow): void {
    this.ids.add(bytesOf(this.format.idBytes === 2 ? Uint16Array.from(ids) : ids));
    this.lengths.add(bytesOf(Int32Array.of(ids.length)));
    this.words?.add(wordStarts ?? new Uint8Array(ids.length));
    this.#rows++;
    this.#tokens += ids.length;
  }

  async flush(): Promise<void> {
    for (const file of this.#files) await file.write(CHUNK);
  }

  /** Everything is on disk when this resolves. */
  async finish(): Promise<RowCounts> {
    for (const file of this.#files) await file.finish();
    return { rows: this.#rows, tokens: this.#tokens };
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  get #files(): readonly Appender[] {
    return [this.ids, this.lengths, ...(this.words ? [this.words] : [])];
  }
}

/** Rows read from disk as they are asked for; only where they start is kept in memory: 8 bytes a row. */
export class DiskRows implements TokenRows {
  private constructor(
    private readonly folder: string,
    private readonly format: RowFormat,
    private readonly ids: number,
    private readonly words: number | null,
    private readonly starts: Float64Array,
    readonly length: number,
  ) {}

  /** Null when the files are not as long as they have to be. */
  static open(folder: string, format: RowFormat, { rows, tokens }: RowCounts): DiskRows | null {
    const opened: number[] = [];
    const file = (name: string, size: number): number => {
      const descriptor = openSync(join(folder, name), 'r');
      opened.push(descriptor);
      if (fstatSync(descriptor).size !== size) throw new RangeError(name);
      return descriptor;
    };
    try {
      const lengths = file(LENGTHS, rows * 4);
      const ids = file(IDS, tokens * format.idBytes);
      const words = format.wordStarts ? file(WORDS, tokens) : null;
      const starts = readStarts(lengths, rows);
      closeSync(lengths);
      opened.shift();
      if (starts[rows] !== tokens) throw new RangeError(LENGTHS);
      return new DiskRows(folder, format, ids, words, starts, rows);
    } catch {
      for (const descriptor of opened) closeSync(descriptor);
      return null;
    }
  }

  get tokens(): number {
    return this.starts[this.length] ?? 0;
  }

  row(i: number): TokenRow {
    const start = this.starts[i] ?? 0;
    const count = this.lengthOf(i);
    const { idBytes } = this.format;
    const raw = this.#read(this.ids, start * idBytes, count * idBytes);
    const ids =
      idBytes === 2 ? Int32Array.from(new Uint16Array(raw.buffer, 0, count)) : new Int32Array(raw.buffer, 0, count);
    return this.words === null ? { ids } : { ids, wordStarts: this.#read(this.words, start, count) };
  }

  lengthOf(i: number): number {
    return (this.starts[i + 1] ?? 0) - (this.starts[i] ?? 0);
  }

  first(count: number): DiskRows {
    const { folder, format, ids, words, starts } = this;
    return new DiskRows(folder, format, ids, words, starts, Math.min(count, this.length));
  }

  close(): void {
    closeSync(this.ids);
    if (this.words !== null) closeSync(this.words);
  }

  #read(file: number, position: number, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    if (readSync(file, bytes, 0, size, position) === size) return bytes;
    throw new ClozeError(
      'bad-input',
      `The tokenized rows in ${this.folder} were cut short while they were read.`,
      'Resume the run: they are made anew.',
    );
  }
}

/** Where rows start, and where the last ends. [rows + 1] */
function readStarts(lengths: number, rows: number): Float64Array {
  const starts = new Float64Array(rows + 1);
  const part = new Int32Array(CHUNK / 4);
  for (let row = 0; row < rows; ) {
    const count = Math.min(part.length, rows - row);
    if (readSync(lengths, part, 0, count * 4, row * 4) !== count * 4) throw new RangeError(LENGTHS);
    for (let i = 0; i < count; i++, row++) starts[row + 1] = (starts[row] as number) + (part[i] as number);
  }
  return starts;
}

/** Bytes to the end of a file, in pieces of a size that disks like. */
class Appender {
  #parts: Uint8Array[] = [];
  #waiting = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<Appender> {
    return new Appender(await open(path, 'wx'));
  }

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
  }

  /** Writes once at least so many bytes wait. */
  async write(least: number): Promise<void> {
    if (this.#waiting < least) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#waiting = 0;
    await this.file.appendFile(Buffer.concat(parts));
  }

  async finish(): Promise<void> {
    if (this.#waiting > 0) await this.write(0);
    await this.file.sync();
    await this.file.close();
  }

  async close(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Uint16Array): Uint8Array {
  // a copy: the row may be a view of memory that is used again
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
