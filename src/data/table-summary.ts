// The columns of a table file in figures, counted by DuckDB.
import { explain, fencedConnection, forgetRejects, isCsv, quoted, rejectedRows, scanOf } from './duckdb.ts';
import type { BadRow, ColumnSummary } from './types.ts';

export interface TableSummary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  readonly badRows: readonly (BadRow & { readonly file?: string })[];
}

/** Rows up to which distinct values are counted exactly. */
export const EXACT_DISTINCT = 1_000_000;

/** Of files of one kind, as one table. */
export async function summarizeTable(...paths: readonly string[]): Promise<TableSummary> {
  const path = paths[0] as string;
  const { connection, close } = await fencedConnection(...paths);
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
    for (const [i, { column_name: name, column_type }] of fields.entries()) {
      const type = typeOf(column_type);
      const ordered = type !== 'list' && type !== 'struct';
      const distinct = rows <= EXACT_DISTINCT ? `count(DISTINCT c${i})` : `approx_count_distinct(c${i})`;
      const ends = ordered ? `min(c${i}) AS least, max(c${i}) AS most` : 'NULL AS least, NULL AS most';
      const found = await one(`SELECT ${distinct} AS different, ${ends} FROM ${table}`);
      columns.push({
        name,
        type,
        nulls: rows - Number(counted[`n${i}`]),
        distinct: Number(found.different),
        min: cellOf(found.least, type),
        max: cellOf(found.most, type),
      });
    }
    return { rows, columns, badRows };
  } catch (error) {
    throw explain(path, error);
  } finally {
    close();
  }
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
