// A column of the rows in view in figures: for its header.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetSummary } from '../../protocol/dataset.ts';
import { EXACT_DISTINCT } from '../table-summary.ts';
import { BLANKS, type StoreColumn, textSql } from './view-sql.ts';

/** Steps of a histogram. */
const STEPS = 20;
/** Different values of a column whose most frequent ones are named. */
const FEW = 1000;
const TOP = 5;

/** Column i of `table` (a table in SQL). */
export async function summarizeColumn(
  connection: DuckDBConnection,
  table: string,
  columns: readonly StoreColumn[],
  i: number,
): Promise<DatasetSummary> {
  const { type, sqlType } = columns[i] as StoreColumn;
  const one = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJson()[0] ?? {};
  const text = textSql(columns, i);
  const isText = type === 'string';
  const measure = measureOf(type, sqlType, `c${i}`);
  const counted = await one(`SELECT count(*) AS rows, count(c${i}) AS there,
    ${isText ? `count(*) FILTER (${text} = '')` : '0'} AS empty,
    ${isText ? `count(*) FILTER (${text} <> '' AND trim(${text}, ${BLANKS}) = '')` : '0'} AS blank,
    approx_count_distinct(${text}) AS about${measure ? `, min(${measure.sql}) AS least, max(${measure.sql}) AS most` : ''}
    FROM ${table}`);
  const rows = Number(counted.rows);
  const isExact = rows <= EXACT_DISTINCT;
  const exact = isExact ? await one(`SELECT count(DISTINCT ${text}) AS n FROM ${table}`) : null;
  const distinct = Number(exact ? exact.n : counted.about);
  const shown = (value: unknown) => (value === null || value === undefined ? null : String(value));
  const isFew = distinct <= FEW && (isText || type === 'bool' || type === 'int64' || type === 'mixed');
  return {
    rows,
    nulls: rows - Number(counted.there),
    empty: Number(counted.empty),
    blank: Number(counted.blank),
    distinct,
    isExact,
    min: shown(counted.least),
    max: shown(counted.most),
    of: measure?.of ?? 'nothing',
    histogram: measure ? await histogram(connection, table, measure.sql) : [],
    top: isFew ? await top(connection, table, text) : [],
  };
}

interface Measure {
  readonly sql: string;
  readonly of: DatasetSummary['of'];
}

/** What the column's values are measured by; null for what has no order worth drawing. */
function measureOf(type: string, sqlType: string, cell: string): Measure | null {
  if (type === 'int64' || type === 'float64') return { sql: cell, of: 'values' };
  if (type === 'date' || type.startsWith('timestamp')) return { sql: cell, of: 'values' };
  if (type === 'string') return { sql: `length(${cell})`, of: 'characters' };
  if (type === 'list') return { sql: `len(${cell})`, of: 'items' };
  if (sqlType === 'BOOLEAN') return { sql: cell, of: 'values' };
  return null;
}

/** Finite values in {@link STEPS} equal steps between the smallest and the largest of them. */
async function histogram(connection: DuckDBConnection, table: string, measure: string): Promise<number[]> {
  const isTime = `typeof(any_value(${measure}))`;
  const [kind] = (await connection.runAndReadAll(`SELECT ${isTime} AS kind FROM ${table}`)).getRowObjectsJson();
  const number = /DATE|TIME/.test(String(kind?.kind)) ? `epoch(${measure})` : `CAST(${measure} AS DOUBLE)`;
  const values = `(SELECT ${number} AS x FROM ${table} WHERE isfinite(${number}))`;
  const found = await connection.runAndReadAll(`WITH ends AS (SELECT min(x) AS a, max(x) AS b FROM ${values})
    SELECT least(CAST(floor((x - a) / (b - a) * ${STEPS}) AS INTEGER), ${STEPS - 1}) AS step, count(*) AS n
    FROM ${values}, ends WHERE b > a GROUP BY step`);
  const steps: number[] = [];
  for (const { step, n } of found.getRowObjectsJson()) {
    while (steps.length < STEPS) steps.push(0);
    steps[Number(step)] = Number(n);
  }
  return steps;
}

async function top(
  connection: DuckDBConnection,
  table: string,
  text: string,
): Promise<{ value: string; rows: number }[]> {
  const found = await connection.runAndReadAll(
    `SELECT left(${text}, 60) AS value, count(*) AS n FROM ${table} WHERE ${text} IS NOT NULL
     GROUP BY ${text} HAVING count(*) > 1 ORDER BY n DESC, value LIMIT ${TOP}`,
  );
  return found.getRowObjectsJson().map(({ value, n }) => ({ value: String(value), rows: Number(n) }));
}
