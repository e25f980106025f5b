// The kinds of data files, told by their names.
import { PACKED } from './unpack.ts';

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
