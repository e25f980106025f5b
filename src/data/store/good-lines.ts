// Text and JSON Lines with bad lines among them: the good ones go into a file that DuckDB reads without complaint.
import type { DatasetBadRow } from '../../protocol/dataset.ts';
import { parseObject } from '../json-lines.ts';
import { readLineBatches } from '../lines.ts';
import { writeLines } from './write-lines.ts';

export interface GoodLinesOptions {
  /** Lines are texts, not JSON objects. */
  readonly isText: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Bytes read of all files. */
  readonly onBytes: (bytes: number) => void;
  /** Lines that are enough; absent: all. */
  readonly limit?: number | undefined;
}

/** Writes the good lines of `files` to `target` as JSON Lines; gives back the bad ones. Blank lines are no rows. */
export async function writeGoodLines(
  files: readonly string[],
  target: string,
  options: GoodLinesOptions,
): Promise<DatasetBadRow[]> {
  const bad: DatasetBadRow[] = [];
  await writeLines(target, goodLines(files, bad, options));
  return bad;
}

async function* goodLines(
  files: readonly string[],
  bad: DatasetBadRow[],
  options: GoodLinesOptions,
): AsyncGenerator<readonly string[]> {
  let before = 0;
  let rows = 0;
  for (const path of files) {
    const file = files.length > 1 ? path : null;
    let line = 0;
    let bytes = 0;
    const onBytes = (read: number) => {
      bytes = read;
      options.onBytes(before + read);
    };
    for await (const { lines, bad: broken, byteOf } of readLineBatches(path, options.signal, onBytes)) {
      const good: string[] = [];
      for (const [i, text] of lines.entries()) {
        line++;
        const problem = broken.get(i);
        if (problem !== undefined) bad.push({ file, line, byte: byteOf(i), reason: problem });
        if (text.trim() === '') continue;
        const row = options.isText ? { text } : parseObject(text);
        if (typeof row === 'string') bad.push({ file, line, byte: byteOf(i), reason: row });
        else good.push(options.isText ? JSON.stringify(row) : rewritten(row, text));
      }
      yield good;
      rows += good.length;
      if (rows >= (options.limit ?? Number.POSITIVE_INFINITY)) return;
    }
    before += bytes;
  }
}

/** Without keys that are there twice: the last one counts, as in Python. */
function rewritten(row: object, text: string): string {
  return LONE_SURROGATE.test(text) ? JSON.stringify(row, wellFormed) : JSON.stringify(row);
}

/** Python and JavaScript take half of a surrogate pair, DuckDB does not. */
const LONE_SURROGATE = /\\u[dD][89a-fA-F]/;

const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
