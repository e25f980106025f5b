// .csv, .tsv, .parquet and JSON arrays, read by DuckDB inside a fence: this file and nothing else.
import type { DuckDBConnection } from '@duckdb/node-api';
import { throwIfCancelled } from '../base/cancellation.ts';
import { checkTable } from './check-table.ts';
import { chooseColumn } from './column.ts';
import { explain, fencedConnection, forgetRejects, isCsv, quoted, rejectedRows, scanOf } from './duckdb.ts';
import type { BadRow, TextSource } from './types.ts';

/** Opens a table file. Throws ClozeError for what DuckDB cannot read. */
export async function openTableFile(path: string, wanted: string | null): Promise<TextSource> {
  if (!/\.parquet$/i.test(path)) await checkTable(path);
  const { connection, close } = await fencedConnection(path);
  try {
    const scan = scanOf([path]);
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
  const cell = `CAST(${quoted(column, '"')} AS VARCHAR)`;
  try {
    if (isCsv(path)) await forgetRejects(connection);
    // every column is read, not only the text: a row with too few or too many fields is a bad one
    const result = await connection.stream(`SELECT ${cell} AS text, * FROM ${scanOf([path])}`);
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      yield chunk.getColumnValues(0) as (string | null)[];
    }
    if (isCsv(path)) for (const row of await rejectedRows(connection)) onBadRow(row);
  } catch (error) {
    throw explain(path, error);
  }
}
