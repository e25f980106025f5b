// A view in SQL: which rows, in which order. What a person typed never leaves the table.
import type { DuckDBConnection } from '@duckdb/node-api';
import { ClozeError } from '../../base/errors.ts';
import type { ColumnFilter, DatasetView } from '../../protocol/dataset.ts';
import { quoted } from '../duckdb.ts';

/** A column of the table `rows`: c0, c1, … */
export interface StoreColumn {
  readonly name: string;
  /** In DuckDB's words. */
  readonly sqlType: string;
  /** In the words of Hugging Face's datasets. */
  readonly type: string;
}

/** The query for the places of a view's rows, in order. Throws ClozeError for a condition that cannot be used. */
export async function placesSql(
  connection: DuckDBConnection,
  columns: readonly StoreColumn[],
  view: DatasetView,
): Promise<string> {
  const conditions = view.filters.map((filter) => filterSql(columns, filter));
  if (view.search !== '') conditions.push(searchSql(columns, view.search));
  const named = columns.map(({ name }, i) => `c${i} AS ${quoted(name, '"')}`);
  if (view.condition.trim() !== '') {
    await checkCondition(connection, view.condition);
    const matching = `SELECT "cloze row" FROM (SELECT rowid AS "cloze row", ${named.join(', ')} FROM store.rows) WHERE (${view.condition}\n)`;
    conditions.push(`rowid IN (${matching})`);
  }
  const where = conditions.length > 0 ? ` WHERE ${conditions.map((one) => `(${one})`).join(' AND ')}` : '';
  return `SELECT rowid AS place FROM store.rows${where} ORDER BY ${orderSql(columns, view)}rowid`;
}

function orderSql(columns: readonly StoreColumn[], { sort }: DatasetView): string {
  if (!sort) return '';
  const i = indexOf(columns, sort.column);
  const isJson = (columns[i] as StoreColumn).sqlType === 'JSON';
  return `${isJson ? textSql(columns, i) : `c${i}`} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, `;
}

function filterSql(columns: readonly StoreColumn[], { column, test, value }: ColumnFilter): string {
  const i = indexOf(columns, column);
  const { type } = columns[i] as StoreColumn;
  const cell = `c${i}`;
  const text = textSql(columns, i);
  const isNumber = type === 'int64' || type === 'float64';
  if (test === 'is null') return `${cell} IS NULL`;
  if (test === 'is not null') return `${cell} IS NOT NULL`;
  if (test === 'is empty') return `${text} = ''`;
  if (test === 'is blank') return `${text} <> '' AND trim(${text}, ${BLANKS}) = ''`;
  if (test === 'contains') return `contains(lower(${text}), lower(${quoted(value, "'")}))`;
  if (isNumber && !Number.isFinite(Number(value.trim() || 'x'))) {
    throw new ClozeError('bad-argument', `"${value}" is no number.`, `The column "${column}" holds numbers.`);
  }
  const operand = isNumber ? value.trim() : quoted(value, "'");
  const left = isNumber ? cell : text;
  if (test === 'equals') return `${left} = ${operand}`;
  if (test === 'not equals') return `${left} IS DISTINCT FROM ${operand}`;
  return `${left} ${test === 'at least' ? '>=' : '<='} ${operand}`;
}

/** White space as Python's str.isspace has it for what is common. */
export const BLANKS = `' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(133) || chr(160) || chr(8195) || chr(8201) || chr(8239) || chr(12288)`;

function searchSql(columns: readonly StoreColumn[], search: string): string {
  const found = columns.map((_, i) => `contains(lower(${textSql(columns, i)}), lower(${quoted(search, "'")}))`);
  return found.map((one) => `coalesce(${one}, false)`).join(' OR ');
}

/** The text of a cell in column i: lists and structs as JSON. */
export function textSql(columns: readonly StoreColumn[], i: number): string {
  const { sqlType, type } = columns[i] as StoreColumn;
  if (sqlType === 'VARCHAR') return `c${i}`;
  if (sqlType === 'JSON') return `(c${i} ->> '$')`;
  if (type === 'list' || type === 'struct') return `CAST(to_json(c${i}) AS VARCHAR)`;
  return `CAST(c${i} AS VARCHAR)`;
}

export function indexOf(columns: readonly StoreColumn[], name: string): number {
  const i = columns.findIndex((column) => column.name === name);
  if (i < 0) throw new ClozeError('bad-argument', `There is no column "${name}".`, 'The file may have changed.');
  return i;
}

/** Only a plain condition passes: one expression over the row, without any query in it. */
async function checkCondition(connection: DuckDBConnection, condition: string): Promise<void> {
  const query = `SELECT 1 FROM rows WHERE (${condition}\n)`;
  const parsed = await connection.runAndReadAll(`SELECT json_serialize_sql(${quoted(query, "'")})`);
  const tree = JSON.parse(String(parsed.getRows()[0]?.[0])) as ParsedSql;
  if (tree.error) {
    const message = tree.error_message ?? 'a mistake in it';
    throw new ClozeError('bad-argument', `The condition cannot be read: ${message}`, HOW);
  }
  const [statement, ...more] = tree.statements ?? [];
  const isPlain = more.length === 0 && statement?.node.type === 'SELECT_NODE' && statement.node.modifiers.length === 0;
  if (!isPlain || holdsQuery(statement.node.where_clause)) {
    throw new ClozeError('bad-argument', 'The condition may look at the row only: it holds a query of its own.', HOW);
  }
}

const HOW = 'Write it as in length(text) > 200 AND label = \'news\'; names with spaces go in "double quotes".';

interface ParsedSql {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly {
    readonly node: { readonly type: string; readonly modifiers: readonly unknown[]; readonly where_clause?: unknown };
  }[];
}

function holdsQuery(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  if ((tree as { class?: unknown }).class === 'SUBQUERY') return true;
  return Object.values(tree).some(holdsQuery);
}
