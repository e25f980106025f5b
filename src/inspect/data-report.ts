// What a data set consists of: rows good and bad, columns in figures, and what a tokenizer makes of its text.
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { breathe } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { parseObject } from '../data/json-lines.ts';
import { readLineBatches } from '../data/lines.ts';
import { openText } from '../data/open.ts';
import { summarizeTable } from '../data/table-summary.ts';
import type { ColumnSummary } from '../data/types.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { ColumnTally } from './column-tally.ts';
import { HashSet64, hash64 } from './hash-set.ts';
import { type TokenFigures, TokenTally } from './token-tally.ts';

export interface DataReport {
  /** Good rows of all files. */
  readonly rows: number;
  readonly bad_rows: readonly BadRowReport[];
  /** Of the first file. */
  readonly columns: readonly ColumnSummary[];
  /** Over rows whose text is not null; null without a tokenizer, or without a column of text. */
  readonly tokens: TokenFigures | null;
  /** Rows whose text is null or only white space. */
  readonly empty_rows: number;
  /** Rows whose text an earlier row has. */
  readonly duplicate_rows: number;
  /** Rows of the second and later files whose text is in the first. */
  readonly leaks: number;
}

export interface BadRowReport {
  /** Named where there are several. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line: number;
  /** Where the line starts, counted from 0. */
  readonly byte: number | null;
  readonly reason: string;
}

export interface DataReportOptions {
  readonly column?: string | null | undefined;
  readonly tokenizer?: Tokenizer | undefined;
  /** Tokens of a row at the most. */
  readonly maxSeqLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `share` of the bytes, from 0 to 1. */
  readonly onProgress?: ((share: number, file: string) => void) | undefined;
}

export async function inspectData(paths: readonly string[], options: DataReportOptions): Promise<DataReport> {
  const sizes: number[] = [];
  for (const path of paths) {
    // a missing, unknown or damaged file is told before others are read for minutes
    (await openText(path, options.column ?? null).catch((error) => withoutText(error, options)))?.close();
    sizes.push((await stat(path)).size);
  }
  const all = new Inspection(options);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  for (const [i, path] of paths.entries()) {
    const onBytes = (bytes: number) => options.onProgress?.((before + bytes) / Math.max(1, total), basename(path));
    await all.read(resolve(path), i, paths.length > 1, onBytes);
    before += sizes[i] as number;
  }
  return all.report();
}

class Inspection {
  #rows = 0;
  #columns: readonly ColumnSummary[] | null = null;
  readonly #badRows: BadRowReport[] = [];
  #empty = 0;
  #duplicates = 0;
  #leaks = 0;
  readonly #seen = new HashSet64();
  readonly #first = new HashSet64();
  readonly #tokens: TokenTally | null;

  constructor(private readonly options: DataReportOptions) {
    const { tokenizer, maxSeqLength } = options;
    this.#tokens = tokenizer ? new TokenTally(tokenizer, maxSeqLength ?? Number.POSITIVE_INFINITY) : null;
  }

  async read(path: string, index: number, isOneOfSeveral: boolean, onBytes: (bytes: number) => void): Promise<void> {
    const bad = (line: number, byte: number | undefined, reason: string) =>
      this.#badRows.push({ ...(isOneOfSeveral ? { file: path } : {}), line, byte: byte ?? null, reason });
    const name = path.toLowerCase().replace(/\.gz$/, '');
    if (/\.(jsonl|ndjson|txt|text|md)$/.test(name)) await this.#readLines(path, index, bad, onBytes);
    else await this.#readTable(path, index, bad);
  }

  report(): DataReport {
    return {
      rows: this.#rows,
      bad_rows: this.#badRows,
      columns: this.#columns ?? [],
      tokens: this.#tokens?.figures ?? null,
      empty_rows: this.#empty,
      duplicate_rows: this.#duplicates,
      leaks: this.#leaks,
    };
  }

  /** Text and JSON Lines: every line is looked at here. */
  async #readLines(path: string, index: number, bad: OnBad, onBytes: (bytes: number) => void): Promise<void> {
    const isText = !/\.(jsonl|ndjson)(\.gz)?$/i.test(path);
    const source = await openText(path, this.options.column ?? null).catch((error) => withoutText(error, this.options));
    source?.close();
    const tallies = new Map<string, ColumnTally>();
    let line = 0;
    let rows = 0;
    for await (const { lines, byteOf } of readLineBatches(path, this.options.signal, onBytes)) {
      const texts: (string | null)[] = [];
      for (const [i, text] of lines.entries()) {
        line++;
        if (text.trim() === '') continue;
        const row = isText ? { text } : parseObject(text);
        if (typeof row === 'string') {
          bad(line, byteOf(i), row);
          continue;
        }
        rows++;
        for (const [key, value] of Object.entries(row)) tallyOf(tallies, key).add(value);
        const cell = source ? row[source.column as keyof typeof row] : null;
        texts.push(typeof cell === 'string' ? cell : null);
      }
      await this.#addTexts(texts, index);
    }
    this.#rows += rows;
    this.#columns ??= [...tallies].map(([name, tally]) => tally.summary(name, rows));
  }

  /** Tables: DuckDB counts the columns, and gives the text. */
  async #readTable(path: string, index: number, bad: OnBad): Promise<void> {
    const summary = await summarizeTable(path);
    for (const { line, byte, reason } of summary.badRows) bad(line, byte, reason);
    this.#rows += summary.rows;
    this.#columns ??= summary.columns;
    const source = await openText(path, this.options.column ?? null).catch((error) => withoutText(error, this.options));
    if (!source) return;
    try {
      for await (const texts of source.rows(() => {}, this.options.signal)) await this.#addTexts(texts, index);
    } finally {
      source.close();
    }
  }

  async #addTexts(texts: readonly (string | null)[], file: number): Promise<void> {
    for (const text of texts) {
      if (text === null || text.trim() === '') this.#empty++;
      if (text === null) continue;
      const hash = hash64(text);
      if (!this.#seen.add(hash)) this.#duplicates++;
      if (file === 0) this.#first.add(hash);
      else if (this.#first.has(hash)) this.#leaks++;
    }
    const some = texts.filter((text) => text !== null);
    for (let at = 0; at < some.length && this.#tokens; at += 1000) {
      await this.#tokens.add(some.slice(at, at + 1000));
      await breathe(this.options.signal);
    }
    await breathe(this.options.signal);
  }
}

type OnBad = (line: number, byte: number | undefined, reason: string) => void;

function tallyOf(tallies: Map<string, ColumnTally>, name: string): ColumnTally {
  let tally = tallies.get(name);
  if (!tally) {
    tally = new ColumnTally();
    tallies.set(name, tally);
  }
  return tally;
}

/** A table without a column of text can be inspected all the same, unless one was asked for. */
function withoutText(error: unknown, { column }: DataReportOptions): null {
  if (!column && error instanceof ClozeError && /has no column of text/.test(error.message)) return null;
  throw error;
}
