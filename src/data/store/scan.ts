// How DuckDB reads the files of a data set: format, options and column types, in SQL.
import type { DuckDBConnection } from '@duckdb/node-api';
import { checkTable } from '../check-table.ts';
import { quoted } from '../duckdb.ts';
import { LONGEST_LINE } from '../lines.ts';

/** A table in SQL, and what its columns are. */
export interface Scan {
  readonly sql: string;
  readonly fields: readonly { readonly name: string; readonly sqlType: string }[];
}

/**
 * `files` of one format as a table. `sample`: rows that the types are taken from, -1 for all. Throws when DuckDB cannot tell
 * the columns, and ClozeError for UTF-16 text.
 */
export async function scanFiles(
  connection: DuckDBConnection,
  files: readonly string[],
  format: 'parquet' | 'csv' | 'json' | 'jsonl',
  sample: number,
): Promise<Scan> {
  const list = `[${files.map((file) => quoted(file, "'")).join(', ')}]`;
  const options = files.length > 1 ? ['union_by_name = true'] : [];
  if (format === 'parquet') return described(connection, call('read_parquet', [list, ...options]));
  for (const file of files) await checkTable(file);
  if (format === 'csv') {
    options.push('header = true', `sample_size = ${sample}`, 'store_rejects = true');
    options.push(`max_line_size = ${LONGEST_LINE}`, `buffer_size = ${2 * LONGEST_LINE}`);
    // fewer types to try on very long texts
    options.push("auto_type_candidates = ['BIGINT', 'DOUBLE', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'VARCHAR']");
    if (files.every((file) => /\.tsv(\.\w+)?$/i.test(file))) options.push("delim = '\t'");
    return described(connection, call('read_csv', [list, ...options]));
  }
  // a .json file may hold an array, an object a line, or objects one after the other
  options.push(
    `format = '${format === 'jsonl' ? 'newline_delimited' : 'auto'}'`,
    `maximum_object_size = ${LONGEST_LINE}`,
  );
  // JSON has no dates: what looks like one stays the text that it is, and a very long text is not tried as one
  options.push(`dateformat = '#'`, `timestampformat = '#'`, `maximum_depth = ${DEEPEST}`);
  const guess = await described(connection, call('read_json', [list, ...options, `sample_size = ${sample}`]));
  return typedJson(
    list,
    options,
    guess.fields.map(({ name, sqlType }) => ({ name, sqlType: withoutDates(sqlType) })),
  );
}

/** JSON objects in `list`, files in SQL, whose columns are known. */
export function typedJson(list: string, options: readonly string[], fields: Scan['fields']): Scan {
  const types = fields.map(({ name, sqlType }) => `${quoted(name, "'")}: ${quoted(sqlType, "'")}`);
  return { sql: call('read_json', [list, ...options, `columns = {${types.join(', ')}}`]), fields };
}

async function described(connection: DuckDBConnection, sql: string): Promise<Scan> {
  const columns = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sql}`);
  const fields = columns.getRowObjectsJson().map(({ column_name, column_type }) => ({
    name: String(column_name),
    sqlType: String(column_type),
  }));
  return { sql, fields };
}

/** Lists and objects within each other that get types; what is deeper stays JSON. */
const DEEPEST = 10;

const withoutDates = (type: string): string => type.replace(DATES, (part, date) => (date ? 'VARCHAR' : part));

/** Names of types outside of quoted field names. */
const DATES = /"(?:[^"]|"")*"|\b(DATE|TIMESTAMP(?:_\w+)?(?: WITH TIME ZONE)?|TIME|UUID|INTERVAL)(?=$|[[\]),])/g;

const call = (name: string, parts: readonly string[]): string => `${name}(${parts.join(', ')})`;
