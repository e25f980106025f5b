// What a data set consists of: rows good and bad, columns in figures, and what a tokenizer makes of its text.
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { breathe } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { readArrow } from '../data/arrow.ts';
import { formatOf } from '../data/format.ts';
import { parseObject } from '../data/json-lines.ts';
import { readLineBatches } from '../data/lines.ts';
import { openText } from '../data/open.ts';
import { summarizeTable, tableRows, WIDE } from '../data/table-summary.ts';
import type { BadRow, ColumnSummary } from '../data/types.ts';
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

/** A data set: a file, or the shards that make one up. */
export type DataPart = string | readonly string[];

/** Several data sets are looked at one after the other; what later ones share with the first are leaks. */
export async function inspectData(parts: readonly DataPart[], options: DataReportOptions): Promise<DataReport> {
  const sets = parts.map((part) => (typeof part === 'string' ? [part] : part).map((path) => resolve(path)));
  const all = new Inspection(options, sets.flat().length > 1);
  let total = 0;
  for (const path of sets.flat()) {
    // a missing, unknown or damaged file is told before others are read for minutes
    (await openText(path, options.column ?? null).catch((error) => withoutText(error, options)))?.close();
    total += (await stat(path)).size;
  }
  let before = 0;
  for (const [i, paths] of sets.entries()) {
    await all.read(paths, i, (bytes, file) => {
      options.onProgress?.((before + bytes) / Math.max(1, total), basename(file));
    });
    for (const path of paths) before += (await stat(path)).size;
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

  constructor(
    private readonly options: DataReportOptions,
    private readonly isOneOfSeveral: boolean,
  ) {
    const { tokenizer, maxSeqLength } = options;
    this.#tokens = tokenizer ? new TokenTally(tokenizer, maxSeqLength ?? Number.POSITIVE_INFINITY) : null;
  }

  /** `paths`: shards of one data set, of one kind. */
  async read(paths: readonly string[], index: number, onBytes: OnBytes): Promise<void> {
    const kinds = new Set(paths.map(kindOf));
    if (kinds.size > 1) {
      throw new ClozeError(
        'bad-input',
        `${paths[0]} has shards of other kinds beside it.`,
        'Name the files one by one.',
      );
    }
    if (kinds.has('table')) await this.#readTable(paths, index, onBytes);
    else await this.#readRows(paths, index, onBytes);
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

  #bad(path: string, line: number, byte: number | undefined, reason: string): void {
    this.#badRows.push({ ...(this.isOneOfSeveral ? { file: path } : {}), line, byte: byte ?? null, reason });
  }

  /** Text, JSON Lines and Arrow: every row is looked at here. */
  async #readRows(paths: readonly string[], index: number, onBytes: OnBytes): Promise<void> {
    const tallies = new Map<string, ColumnTally>();
    let rows = 0;
    let before = 0;
    for (const path of paths) {
      const source = await openText(path, this.options.column ?? null).catch((error) =>
        withoutText(error, this.options),
      );
      source?.close();
      const read = kindOf(path) === 'arrow' ? this.#arrowRows : this.#lineRows;
      for await (const batch of read.call(this, path, (bytes) => onBytes(before + bytes, path))) {
        rows += batch.length;
        const texts: (string | null)[] = [];
        for (const row of batch) {
          for (const [key, value] of Object.entries(row)) tallyOf(tallies, key).add(value);
          const cell = source ? row[source.column] : null;
          texts.push(typeof cell === 'string' ? cell : null);
        }
        await this.#addTexts(texts, index);
      }
      before += (await stat(path)).size;
    }
    this.#rows += rows;
    this.#columns ??= [...tallies].map(([name, tally]) => tally.summary(name, rows));
  }

  async *#lineRows(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Record<string, unknown>[]> {
    const isText = kindOf(path) === 'text';
    let line = 0;
    for await (const { lines, bad, byteOf } of readLineBatches(path, this.options.signal, onBytes)) {
      const rows: Record<string, unknown>[] = [];
      for (const [i, text] of lines.entries()) {
        line++;
        const problem = bad.get(i);
        if (problem !== undefined) this.#bad(path, line, byteOf(i), problem);
        if (text.trim() === '') continue;
        const row = isText ? { text } : parseObject(text);
        if (typeof row === 'string') this.#bad(path, line, byteOf(i), row);
        else rows.push(row);
      }
      yield rows;
    }
  }

  async *#arrowRows(
    path: string,
    onBytes: (bytes: number) => void,
  ): AsyncGenerator<Readonly<Record<string, unknown>>[]> {
    let read = 0;
    for await (const { rows, broken } of readArrow(path, this.options.signal, onBytes)) {
      read += rows.length;
      if (broken !== undefined) this.#bad(path, read + 1, undefined, broken);
      yield [...rows];
    }
  }

  /** Tables: DuckDB counts the columns, and gives the text. */
  async #readTable(paths: readonly string[], index: number, onBytes: OnBytes): Promise<void> {
    const source = await openText(paths[0] as string, this.options.column ?? null).catch((error) =>
      withoutText(error, this.options),
    );
    source?.close();
    if (source && source.columns.length > WIDE) return this.#readWide(paths, index, source.column);
    const summary = await summarizeTable(paths, this.options.signal);
    for (const { file, line, byte, reason } of summary.badRows)
      this.#bad(file ?? (paths[0] as string), line, byte, reason);
    this.#rows += summary.rows;
    this.#columns ??= summary.columns;
    let before = 0;
    for (const path of paths) {
      onBytes(before, path);
      before += (await stat(path)).size;
      const source = await openText(path, this.options.column ?? null).catch((error) =>
        withoutText(error, this.options),
      );
      if (!source) continue;
      try {
        for await (const texts of source.rows(() => {}, this.options.signal)) await this.#addTexts(texts, index);
      } finally {
        source.close();
      }
    }
  }

  async #readWide(paths: readonly string[], index: number, column: string): Promise<void> {
    const tallies = new Map<string, ColumnTally>();
    let rows = 0;
    const onBad = ({ file, line, byte, reason }: BadRow & { readonly file: string }) =>
      this.#bad(file, line, byte, reason);
    for await (const batch of tableRows(paths, onBad, this.options.signal)) {
      rows += batch.length;
      for (const row of batch) for (const [name, value] of Object.entries(row)) tallyOf(tallies, name).add(value);
      await this.#addTexts(
        batch.map((row) => (row[column] === null || row[column] === undefined ? null : String(row[column]))),
        index,
      );
    }
    this.#rows += rows;
    this.#columns ??= [...tallies].map(([name, tally]) => tally.summary(name, rows));
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

/** Bytes read of a data set, and the file that is read. */
type OnBytes = (bytes: number, path: string) => void;

/** DuckDB reads tables; the others are read row by row here. */
function kindOf(path: string): 'text' | 'jsonl' | 'arrow' | 'table' {
  const format = formatOf(path);
  return format === 'text' || format === 'jsonl' || format === 'arrow' ? format : 'table';
}

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
