// DuckDB inside a fence: one file, nothing else. Only src/data imports it.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ClozeError } from '../base/errors.ts';
import { LONGEST_LINE } from './lines.ts';
import type { BadRow } from './types.ts';

/** One connection that can read `paths` and nothing else: no downloads, no other file, settings locked. */
export async function fencedConnection(
  ...paths: readonly string[]
): Promise<{ connection: DuckDBConnection; close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '1GB',
    threads: '1',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_paths = [${paths.map((path) => quoted(path, "'")).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * The table in `paths`, files of one kind with their columns by name, in SQL. CSV comes as text, unless the columns shall have
 * `types`: those that all of their cells are of. Rows with too few or too many fields are left out; see rejectedRows.
 */
export function scanOf(paths: readonly string[], types = false): string {
  const path = paths[0] as string;
  const file = `[${paths.map((one) => quoted(one, "'")).join(', ')}]`;
  const several = paths.length > 1 ? ['union_by_name = true'] : [];
  if (/\.parquet$/i.test(path)) return `read_parquet(${[file, ...several].join(', ')})`;
  if (/\.json(\.gz|\.zst)?$/i.test(path)) return `read_json(${[file, ...several].join(', ')})`;
  const options = [
    ...several,
    'header = true',
    types ? 'sample_size = -1' : 'all_varchar = true',
    'store_rejects = true',
    `max_line_size = ${LONGEST_LINE}`,
    `buffer_size = ${2 * LONGEST_LINE}`,
  ];
  if (/\.tsv(\.gz|\.zst)?$/i.test(path)) options.push("delim = '\t'");
  return `read_csv(${[file, ...options].join(', ')})`;
}

export function quoted(text: string, mark: string): string {
  return mark + text.replaceAll(mark, mark + mark) + mark;
}

/** DuckDB's errors in words that say what to do. */
export function explain(path: string, error: unknown): unknown {
  if (error instanceof ClozeError) return error;
  const whole = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  // its kind of error, and the file's name once more, say nothing to a reader
  const message = whole.replace(/^(\w+ )+Error: /, '').replace(/ (in|of|at end of) file ['"].*?['"]/g, '');
  if (/No files found/i.test(message))
    return new ClozeError('not-found', `There is no file ${path}.`, 'Check the path.');
  const wayOut = /encrypt/i.test(message) ? 'Save it without encryption.' : 'Check that the file is whole.';
  return new ClozeError('bad-input', `${path} could not be read: ${message.replace(/\.$/, '')}.`, wayOut, {
    cause: error,
  });
}

export const isCsv = (path: string): boolean => /\.[ct]sv(\.gz|\.zst)?$/i.test(path);

/** Forgets the rows that earlier scans left out. */
export async function forgetRejects(connection: DuckDBConnection): Promise<void> {
  await connection.run('DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
}

/** The rows that the scans since then left out, by file and line. */
export async function rejectedRows(
  connection: DuckDBConnection,
): Promise<(BadRow & { readonly byte: number; readonly file: string })[]> {
  const rejected = await connection.runAndReadAll(
    `SELECT file_path AS file, line, min(line_byte_position) AS byte, any_value(error_message) AS reason
     FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY file, line ORDER BY file, line`,
  );
  return rejected.getRowObjectsJson().map(({ file, line, byte, reason }) => ({
    file: String(file),
    line: Number(line),
    // DuckDB counts from 1
    byte: Number(byte) - 1,
    reason: String(reason).split('\n', 1)[0] as string,
  }));
}
