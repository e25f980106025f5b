// Rows of Arrow files as JSON Lines that DuckDB reads, with the types that the files tell.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { ClozeError } from '../../base/errors.ts';
import type { DatasetBadRow } from '../../protocol/dataset.ts';
import { type ArrowColumn, readArrow } from '../arrow.ts';
import { quoted } from '../duckdb.ts';
import { LONGEST_LINE } from '../lines.ts';
import { type Scan, typedJson } from './scan.ts';

export interface ArrowRowsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read of all files. */
  readonly onBytes: (bytes: number) => void;
  /** Rows that are enough; absent: all. */
  readonly limit?: number | undefined;
}

/** Writes the rows of `files` to `target`; gives back the table that they are, and where files break off. Throws ClozeError when the files differ in columns. */
export async function writeArrowRows(
  files: readonly string[],
  target: string,
  { signal, onBytes, limit = Number.POSITIVE_INFINITY }: ArrowRowsOptions,
): Promise<Scan & { readonly bad: readonly DatasetBadRow[] }> {
  const output = createWriteStream(target);
  // an error is thrown by finished(), or by the wait for room
  output.on('error', () => {});
  let columns: readonly ArrowColumn[] | null = null;
  let before = 0;
  let rows = 0;
  const bad: DatasetBadRow[] = [];
  try {
    for (const path of files) {
      let bytes = 0;
      let read = 0;
      const onRead = (read: number) => {
        bytes = read;
        onBytes(before + read);
      };
      for await (const batch of readArrow(path, signal, onRead)) {
        columns ??= batch.columns;
        if (JSON.stringify(columns) !== JSON.stringify(batch.columns)) {
          throw new ClozeError(
            'bad-input',
            `${path} has other columns than ${files[0]}.`,
            'The files of a data set have the same columns.',
          );
        }
        rows += batch.rows.length;
        read += batch.rows.length;
        if (batch.broken !== undefined) {
          bad.push({ file: files.length > 1 ? path : null, line: read + 1, byte: null, reason: batch.broken });
        }
        if (batch.rows.length > 0 && !output.write(`${batch.rows.map((row) => JSON.stringify(row)).join('\n')}\n`)) {
          await once(output, 'drain');
        }
        if (rows >= limit) break;
      }
      before += bytes;
      if (rows >= limit) break;
    }
    output.end();
    await finished(output);
  } finally {
    output.destroy();
  }
  const options = [`format = 'newline_delimited'`, `maximum_object_size = ${LONGEST_LINE}`];
  return { ...typedJson(`[${quoted(target, "'")}]`, options, columns ?? []), bad };
}
