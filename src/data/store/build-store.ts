// Brings the rows of a split into a database on disk, where any page, sort and filter is a moment.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { throwIfCancelled } from '../../base/cancellation.ts';
import { ClozeError } from '../../base/errors.ts';
import type { DatasetBadRow, DatasetProgress } from '../../protocol/dataset.ts';
import { explain, quoted, rejectedRows } from '../duckdb.ts';
import { type Format, formatOf } from '../format.ts';
import { writeArrowRows } from './arrow-rows.ts';
import { writeGoodLines } from './good-lines.ts';
import { openDatabase } from './open-database.ts';
import { type Scan, scanFiles } from './scan.ts';

/** Milliseconds. */
const PROGRESS_EVERY = 200;

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DatasetProgress) => void) | undefined;
}

/**
 * Makes the database `path` of `files`, all of one format: table `rows` with columns c0, c1, … in the files' order, `columns`
 * (name, type) and `bad_rows` (file, line, byte, reason). `scratch`: a folder of its own. Throws ClozeError for files that
 * cannot be read and when cancelled.
 */
export async function buildStore(
  files: readonly string[],
  path: string,
  scratch: string,
  options: BuildOptions,
): Promise<void> {
  const format = commonFormat(files);
  const clean = join(scratch, 'good.jsonl');
  const database = await openDatabase(path, { readOnly: false, files, scratch });
  try {
    await database.use(async (connection) => {
      const bad = await fill(connection, files, format, clean, options);
      options.onProgress?.({ share: null, doing: 'Writing the rows' });
      await writeBadRows(connection, bad);
      await connection.run('CHECKPOINT store');
    }, options.signal);
  } catch (error) {
    throwIfCancelled(options.signal);
    throw explain(files[0] as string, error);
  } finally {
    database.close();
  }
}

async function fill(
  connection: DuckDBConnection,
  files: readonly string[],
  format: Format,
  clean: string,
  options: BuildOptions,
): Promise<readonly DatasetBadRow[]> {
  const { signal } = options;
  if (format === 'arrow') {
    const total = await bytesOf(files);
    const onBytes = (bytes: number) => options.onProgress?.({ share: bytes / total, doing: 'Reading the rows' });
    const scan = await writeArrowRows(files, clean, { signal, onBytes });
    await fillFrom(connection, scan, options);
    return scan.bad;
  }
  if (format !== 'text') {
    options.onProgress?.({ share: null, doing: 'Reading the rows' });
    const isRead = await readWhole(connection, files, format, options).then(
      () => true,
      (error) => {
        // a bad line stops DuckDB: then each is looked at
        if (format !== 'jsonl' || options.signal?.aborted) throw error;
        return false;
      },
    );
    if (isRead && format === 'jsonl' && (await countRows(connection)) === 0) throw noRows(files[0] as string, 0);
    if (isRead) return format === 'csv' ? await rejected(connection, files) : [];
  }
  const total = await bytesOf(files);
  const onBytes = (bytes: number) => options.onProgress?.({ share: bytes / total, doing: 'Reading line by line' });
  const bad = await writeGoodLines(files, clean, { isText: format === 'text', signal, onBytes });
  if ((await stat(clean)).size === 0) throw noRows(files[0] as string, bad.length);
  await fillFrom(connection, await scanFiles(connection, [clean], 'jsonl', -1), options);
  return bad;
}

async function readWhole(
  connection: DuckDBConnection,
  files: readonly string[],
  format: 'parquet' | 'csv' | 'json' | 'jsonl',
  options: BuildOptions,
): Promise<void> {
  await fillFrom(connection, await scanFiles(connection, files, format, -1), options);
}

/** The table of all rows, and what its columns are called. */
async function fillFrom(connection: DuckDBConnection, { sql, fields }: Scan, options: BuildOptions): Promise<void> {
  const cells = fields.map(({ name }, i) => `${quoted(name, '"')} AS c${i}`);
  await connection.run('CREATE OR REPLACE TABLE store.columns (name VARCHAR, type VARCHAR)');
  const names = fields.map(({ name, sqlType }) => `(${quoted(name, "'")}, ${quoted(sqlType, "'")})`);
  await connection.run(`INSERT INTO store.columns VALUES ${names.join(', ')}`);
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage >= 0) options.onProgress?.({ share: percentage / 100, doing: 'Reading the rows' });
  }, PROGRESS_EVERY);
  try {
    await connection.run(`CREATE OR REPLACE TABLE store.rows AS SELECT ${cells.join(', ')} FROM ${sql}`);
  } finally {
    clearInterval(timer);
  }
}

async function countRows(connection: DuckDBConnection): Promise<number> {
  const counted = await connection.runAndReadAll('SELECT count(*) FROM store.rows');
  return Number(counted.getRows()[0]?.[0]);
}

async function rejected(connection: DuckDBConnection, files: readonly string[]): Promise<DatasetBadRow[]> {
  const rows = await rejectedRows(connection);
  return rows.map(({ file, line, byte, reason }) => ({ file: files.length > 1 ? file : null, line, byte, reason }));
}

async function writeBadRows(connection: DuckDBConnection, rows: readonly DatasetBadRow[]): Promise<void> {
  await connection.run('CREATE TABLE store.bad_rows (file VARCHAR, line BIGINT, byte BIGINT, reason VARCHAR)');
  const text = (value: string | null) => (value === null ? 'NULL' : quoted(value, "'"));
  for (let at = 0; at < rows.length; at += 1000) {
    const values = rows.slice(at, at + 1000).map(({ file, line, byte, reason }) => {
      return `(${text(file)}, ${line}, ${byte ?? 'NULL'}, ${text(reason)})`;
    });
    await connection.run(`INSERT INTO store.bad_rows VALUES ${values.join(', ')}`);
  }
}

/** Of all files, at least 1. */
export async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return Math.max(1, bytes);
}

/** Throws ClozeError for a kind of file that is not known, and for kinds that differ. */
export function commonFormat(files: readonly string[]): Format {
  const [first] = files;
  const format = first === undefined ? null : formatOf(first);
  if (first === undefined || format === null) throw unknown(first ?? '');
  const other = files.find((file) => formatOf(file) !== format);
  if (other === undefined) return format;
  throw new ClozeError(
    'bad-input',
    `${first} and ${other} are of different kinds.`,
    'A data set’s files are all of one kind.',
  );
}

function noRows(path: string, bad: number): ClozeError {
  const why = bad > 0 ? `None of its ${bad} lines can be read.` : 'It is empty, or all its lines are blank.';
  return new ClozeError('bad-input', `${path} holds no row. ${why}`, 'Choose another file.');
}

function unknown(path: string): ClozeError {
  return new ClozeError(
    'unsupported',
    `${path}: Cloze does not know this kind of file.`,
    'It reads .txt, .jsonl, .csv, .tsv, .json, .parquet and .arrow, text packed too (.gz, .zst).',
  );
}
