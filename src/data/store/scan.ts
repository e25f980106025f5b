// How DuckDB reads the files of a data set: format, options and column types, in SQL.
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../duckdb.ts';
import { LONGEST_LINE } from '../lines.ts';
import { PACKED } from '../unpack.ts';

export type Format = 'parquet' | 'csv' | 'json' | 'jsonl' | 'text' | 'arrow';

/** The format by the file's name; null when Cloze does not know it. */
export function formatOf(path: string): Format | null {
  const name = path.toLowerCase().replace(PACKED, '');
  if (name.endsWith('.parquet')) return 'parquet';
  if (/\.[ct]sv$/.test(name)) return 'csv';
  if (name.endsWith('.json')) return 'json';
  if (/\.(jsonl|ndjson)$/.test(name)) return 'jsonl';
  if (/\.(txt|text|md)$/.test(name)) return 'text';
  if (name.endsWith('.arrow')) return 'arrow';
  return null;
}

/**
 * `files` of one format as a table in SQL. `sample`: rows that the types are taken from, -1 for all. Throws when DuckDB
 * cannot tell the columns.
 */
export async function scanSql(
  connection: DuckDBConnection,
  files: readonly string[],
  format: 'parquet' | 'csv' | 'json' | 'jsonl',
  sample: number,
): Promise<string> {
  const list = `[${files.map((file) => quoted(file, "'")).join(', ')}]`;
  const several = files.length > 1 ? ['union_by_name = true'] : [];
  if (format === 'parquet') return call('read_parquet', [list, ...several]);
  if (format === 'csv') {
    const options = ['header = true', `sample_size = ${sample}`, 'store_rejects = true', ...several];
    options.push(`max_line_size = ${LONGEST_LINE}`, `buffer_size = ${2 * LONGEST_LINE}`);
    if (files.every((file) => /\.tsv(\.\w+)?$/i.test(file))) options.push("delim = '\t'");
    return call('read_csv', [list, ...options]);
  }
  // a .json file may hold an array, an object a line, or objects one after the other
  const options = [
    `format = '${format === 'jsonl' ? 'newline_delimited' : 'auto'}'`,
    `maximum_object_size = ${LONGEST_LINE}`,
  ];
  options.push(...several);
  const guess = call('read_json', [list, ...options, `sample_size = ${sample}`]);
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${guess}`);
  const fields = described.getRowObjectsJson() as { column_name: string; column_type: string }[];
  // JSON has no dates: what looks like one stays the text that it is
  const types = fields.map(({ column_name, column_type }) => {
    return `${quoted(column_name, "'")}: ${quoted(withoutDates(column_type), "'")}`;
  });
  return call('read_json', [list, ...options, `columns = {${types.join(', ')}}`]);
}

const withoutDates = (type: string): string => type.replace(DATES, (part, date) => (date ? 'VARCHAR' : part));

/** Names of types outside of quoted field names. */
const DATES = /"(?:[^"]|"")*"|\b(DATE|TIMESTAMP(?:_\w+)?(?: WITH TIME ZONE)?|TIME|UUID|INTERVAL)(?=$|[[\]),])/g;

const call = (name: string, parts: readonly string[]): string => `${name}(${parts.join(', ')})`;
