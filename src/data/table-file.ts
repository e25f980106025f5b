// .csv, .tsv, .parquet and JSON arrays, read by DuckDB inside a fence: this file and nothing else.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { chooseColumn } from './column.ts';
import type { BadRow, TextSource } from './types.ts';

/** Opens a table file. Throws ClozeError for what DuckDB cannot read. */
export async function openTableFile(path: string, wanted: string | null): Promise<TextSource> {
  const { connection, close } = await fencedConnection(path);
  try {
    const scan = scanOf(path);
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
    const fields = described.getRowObjectsJson() as { column_name: string; column_type: string }[];
    const columns = fields.map((field) => field.column_name);
    const text = fields.filter((field) => field.column_type === 'VARCHAR').map((field) => field.column_name);
    const column = chooseColumn(path, columns, text, wanted);
    return { path, columns, column, rows: (onBad, signal) => rows(connection, path, column, onBad, signal), close };
  } catch (error) {
    close();
    throw explain(path, error);
  }
}

async function* rows(
  connection: DuckDBConnection,
  path: string,
  column: string,
  onBadRow: (row: BadRow) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<(string | null)[]> {
  const isCsv = /\.[ct]sv(\.gz)?$/i.test(path);
  const cell = `CAST(${quoted(column, '"')} AS VARCHAR)`;
  try {
    if (isCsv) await connection.run('DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
    // every column is read, not only the text: a row with too few or too many fields is a bad one
    const result = await connection.stream(`SELECT ${cell} AS text, * FROM ${scanOf(path)}`);
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      yield chunk.getColumnValues(0) as (string | null)[];
    }
    if (!isCsv) return;
    const rejected = await connection.runAndReadAll(
      'SELECT line, any_value(error_message) AS reason FROM reject_errors GROUP BY line ORDER BY line',
    );
    for (const { line, reason } of rejected.getRowObjectsJson())
      onBadRow({ line: Number(line), reason: String(reason) });
  } catch (error) {
    throw explain(path, error);
  }
}

/** One connection that can read `path` and nothing else: no downloads, no other file, settings locked. */
async function fencedConnection(path: string): Promise<{ connection: DuckDBConnection; close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '1GB',
    threads: '1',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_paths = [${quoted(path, "'")}]`);
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

function scanOf(path: string): string {
  const file = quoted(path, "'");
  if (/\.parquet$/i.test(path)) return `read_parquet(${file})`;
  if (/\.json(\.gz)?$/i.test(path)) return `read_json(${file})`;
  const options = [
    'header = true',
    'all_varchar = true',
    'store_rejects = true',
    'max_line_size = 67108864',
    'buffer_size = 134217728',
  ];
  if (/\.tsv(\.gz)?$/i.test(path)) options.push("delim = '\t'");
  return `read_csv(${[file, ...options].join(', ')})`;
}

function quoted(text: string, mark: string): string {
  return mark + text.replaceAll(mark, mark + mark) + mark;
}

function explain(path: string, error: unknown): unknown {
  if (error instanceof ClozeError) return error;
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (/No files found/i.test(message))
    return new ClozeError('not-found', `There is no file ${path}.`, 'Check the path.');
  return new ClozeError('bad-input', `${path} could not be read: ${message}`, 'Check that the file is whole.', {
    cause: error,
  });
}
