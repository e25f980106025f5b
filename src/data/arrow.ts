// Arrow files, in file and in stream format, a record batch at a time. apache-arrow is loaded with the first one.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DataType, Field, RecordBatch, Schema } from 'apache-arrow';
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';

export interface ArrowColumn {
  readonly name: string;
  /** In DuckDB's words. */
  readonly sqlType: string;
}

/** Rows as values that JSON can hold; dates as text that DuckDB reads. */
export interface ArrowBatch {
  readonly columns: readonly ArrowColumn[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** After these rows the file cannot be read on: why. */
  readonly broken?: string;
}

/**
 * Yields the rows of `path`; one batch without rows when there are none. A file that breaks off gives the rows before, told by
 * the last batch. Throws ClozeError for what is no Arrow file.
 */
export async function* readArrow(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<ArrowBatch> {
  const { RecordBatchReader } = await import('apache-arrow');
  const isFile = await hasMagic(path);
  const handle = isFile ? await open(path) : null;
  const stream = isFile ? null : createReadStream(path, { highWaterMark: 1 << 20 });
  let columns: ArrowColumn[] = [];
  let rows = 0;
  try {
    const reader = (await RecordBatchReader.from((handle ?? stream) as NodeJS.ReadableStream)) as AsyncReader;
    await reader.open();
    columns = reader.schema.fields.map(columnOf);
    yield { columns, rows: [] };
    for await (const batch of reader) {
      throwIfCancelled(signal);
      rows += batch.numRows;
      for (let from = 0; from < batch.numRows; from += SLICE) {
        yield { columns, rows: rowsOf(batch.slice(from, Math.min(batch.numRows, from + SLICE)) as RecordBatch) };
      }
      if (stream) onBytes?.(stream.bytesRead);
    }
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof ClozeError) throw error;
    if (/compress/i.test(String(error))) {
      throw new ClozeError(
        'unsupported',
        `${path} holds compressed record batches.`,
        'Save it without compression, or as Parquet.',
        { cause: error },
      );
    }
    if (rows > 0) {
      yield { columns, rows: [], broken: 'the file breaks off here: the rest is not whole Arrow data' };
      return;
    }
    throw new ClozeError('bad-input', `${path} is not a whole Arrow file.`, 'Save it again.', { cause: error });
  } finally {
    stream?.destroy();
    await handle?.close().catch(() => {});
  }
}

/** What the reader of a stream and that of a file have in common. */
type AsyncReader = AsyncIterable<RecordBatch> & { open(): Promise<unknown>; readonly schema: Schema };

/** Rows that are turned into values at once. */
const SLICE = 1000;

async function hasMagic(path: string): Promise<boolean> {
  const file = await open(path).catch((error) => {
    throw new ClozeError('not-found', `${path} cannot be opened.`, 'Check the path.', { cause: error });
  });
  try {
    const head = Buffer.alloc(6);
    const { bytesRead } = await file.read(head, 0, 6, 0);
    if (bytesRead < 4) throw new ClozeError('bad-input', `${path} is empty, or no Arrow file.`, 'Save it again.');
    return head.toString('latin1') === 'ARROW1';
  } finally {
    await file.close();
  }
}

const columnOf = ({ name, type }: Field): ArrowColumn => ({ name, sqlType: sqlTypeOf(type) });

function sqlTypeOf(type: DataType): string {
  const kind = String(type);
  if (/^(Large)?Utf8/.test(kind) || kind === 'Null') return 'VARCHAR';
  if (kind === 'Bool') return 'BOOLEAN';
  if (kind === 'Uint64') return 'UBIGINT';
  if (/^(Int|Uint)\d+$/.test(kind)) return 'BIGINT';
  if (/^(Float|Decimal)/.test(kind)) return 'DOUBLE';
  if (/^Date/.test(kind)) return 'DATE';
  if (/^Timestamp/.test(kind)) return 'TIMESTAMP';
  if (/^Dictionary/.test(kind)) return sqlTypeOf((type as unknown as { dictionary: DataType }).dictionary);
  const children = (type.children ?? []) as readonly Field[];
  if (/^(Large|FixedSize)?List/.test(kind) && children[0]) return `${sqlTypeOf(children[0].type)}[]`;
  if (/^Struct/.test(kind)) {
    const fields = children.map((child) => `"${child.name.replaceAll('"', '""')}" ${sqlTypeOf(child.type)}`);
    return fields.length > 0 ? `STRUCT(${fields.join(', ')})` : 'JSON';
  }
  if (/^Map/.test(kind)) return 'JSON';
  return 'VARCHAR';
}

function rowsOf(batch: RecordBatch): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = Array.from({ length: batch.numRows }, () => ({}));
  for (const [i, { name, type }] of batch.schema.fields.entries()) {
    const vector = batch.getChildAt(i);
    for (const [at, row] of rows.entries()) row[name] = plain(vector?.get(at), type);
  }
  return rows;
}

/** A value as JSON has it. Whole numbers too large for JSON and numbers that it lacks are text, which DuckDB reads as such. */
function plain(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  const kind = String(type);
  if (/^(Timestamp|Date)/.test(kind)) {
    const date = new Date(Number(value));
    // beyond the years that dates here can hold
    return Number.isNaN(date.getTime()) ? null : date.toISOString();
  }
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array && /Binary/.test(kind)) {
    return `${Buffer.from(value.subarray(0, 32)).toString('hex')}${value.length > 32 ? `… ${value.length} bytes` : ''}`;
  }
  const children = (type.children ?? []) as readonly Field[];
  if (/^Dictionary/.test(kind)) return plain(value, (type as unknown as { dictionary: DataType }).dictionary);
  if (/List/.test(kind) && children[0]) {
    const item = children[0].type;
    return Array.from(value as Iterable<unknown>, (one) => plain(one, item));
  }
  if (/^Struct/.test(kind)) {
    const source = (value as { toJSON(): Record<string, unknown> }).toJSON();
    return Object.fromEntries(children.map((child) => [child.name, plain(source[child.name], child.type)]));
  }
  return JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? one.toString() : one)));
}
