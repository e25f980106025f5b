// The columns of a table file in figures, counted by DuckDB.
import { throwIfCancelled } from '../base/cancellation.ts';
import { checkTable } from './check-table.ts';
import { explain, fencedConnection, forgetRejects, isCsv, quoted, rejectedRows, scanOf } from './duckdb.ts';
import type { BadRow, ColumnSummary } from './types.ts';

export interface TableSummary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  readonly badRows: readonly (BadRow & { readonly file?: string })[];
}

/** Rows up to which distinct values are counted exactly. */
export const EXACT_DISTINCT = 1_000_000;

/** Columns that are counted in one reading of the file. */
const AT_ONCE = 8;
/** Columns from which a table is better counted row by row. */
export const WIDE = 500;

/** Of files of one kind, as one table. */
export async function summarizeTable(paths: readonly string[], signal?: AbortSignal): Promise<TableSummary> {
  const path = paths[0] as string;
  if (!/\.parquet$/i.test(path)) for (const one of paths) await checkTable(one);
  const { connection, close } = await fencedConnection(...paths);
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const scan = scanOf(paths, true);
    const one = async (query: string) => {
      const result = await connection.runAndReadAll(query);
      return (result.getRowObjectsJson()[0] ?? {}) as Record<string, string | number | boolean | null>;
    };
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
    const fields = described.getRowObjectsJson() as { column_name: string; column_type: string }[];
    if (isCsv(path)) await forgetRejects(connection);
    // every column is read, so that a row with too few or too many fields is left out
    const cells = fields.map(({ column_name }, i) => `${quoted(column_name, '"')} AS c${i}`);
    const table = `(SELECT ${cells.join(', ')} FROM ${scan})`;
    const counts = fields.map((_, i) => `count(c${i}) AS n${i}`).join(', ');
    const counted = await one(`SELECT count(*) AS rows, ${counts} FROM ${table}`);
    const badRows = isCsv(path) ? await rejectedRows(connection) : [];
    const rows = Number(counted.rows);
    const columns: ColumnSummary[] = [];
    for (let from = 0; from < fields.length; from += AT_ONCE) {
      throwIfCancelled(signal);
      const some = fields.slice(from, from + AT_ONCE);
      const figures = some.map(({ column_type }, i) => {
        const [cell, type] = [`c${from + i}`, typeOf(column_type)];
        const distinct = rows <= EXACT_DISTINCT ? `count(DISTINCT ${cell})` : `approx_count_distinct(${cell})`;
        const ordered = type !== 'list' && type !== 'struct';
        const ends = ordered
          ? `min(${cell}) AS least${i}, max(${cell}) AS most${i}`
          : `NULL AS least${i}, NULL AS most${i}`;
        return `${distinct} AS different${i}, ${ends}`;
      });
      const found = await one(`SELECT ${figures.join(', ')} FROM ${table}`);
      for (const [i, { column_name: name, column_type }] of some.entries()) {
        const type = typeOf(column_type);
        columns.push({
          name,
          type,
          nulls: rows - Number(counted[`n${from + i}`]),
          distinct: Number(found[`different${i}`]),
          min: cellOf(found[`least${i}`], type),
          max: cellOf(found[`most${i}`], type),
        });
      }
    }
    return { rows, columns, badRows };
  } catch (error) {
    throwIfCancelled(signal);
    throw explain(path, error);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    close();
  }
}

/** The rows as they come, for tables too wide to be counted column by column. `onBad` is told rows that were left out. */
export async function* tableRows(
  paths: readonly string[],
  onBad: (row: BadRow & { readonly file: string }) => void,
  signal?: AbortSignal,
): AsyncGenerator<Record<string, unknown>[]> {
  const path = paths[0] as string;
  const { connection, close } = await fencedConnection(...paths);
  try {
    const result = await connection.stream(`SELECT * FROM ${scanOf(paths, true)}`);
    const names = result.columnNames();
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      const columns = names.map((_, i) => chunk.getColumnValues(i));
      yield Array.from({ length: chunk.rowCount }, (_, row) =>
        Object.fromEntries(names.map((name, i) => [name, plain(columns[i]?.[row])])),
      );
    }
    if (isCsv(path)) for (const row of await rejectedRows(connection)) onBad(row);
  } catch (error) {
    throwIfCancelled(signal);
    throw explain(path, error);
  } finally {
    close();
  }
}

/** Numbers as numbers, dates and the like as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? String(value) : value;
}

/** In the words of Hugging Face's datasets. */
export function typeOf(type: string): string {
  if (type.endsWith('[]') || type.endsWith(']')) return 'list';
  if (/^(STRUCT|MAP|JSON)/.test(type)) return 'struct';
  if (/^U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?$/.test(type)) return 'int64';
  if (/^(DOUBLE|FLOAT|REAL|DECIMAL)/.test(type)) return 'float64';
  if (type === 'VARCHAR') return 'string';
  if (type === 'BOOLEAN') return 'bool';
  return type.toLowerCase();
}

function cellOf(value: string | number | boolean | null | undefined, type: string): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  return type === 'int64' || type === 'float64' ? Number(value) : value;
}
