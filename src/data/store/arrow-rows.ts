// Rows of Arrow files as JSON Lines that DuckDB reads, with the types that the files tell.
import { ClozeError } from '../../base/errors.ts';
import type { DatasetBadRow } from '../../protocol/dataset.ts';
import { type ArrowColumn, readArrow } from '../arrow.ts';
import { quoted } from '../duckdb.ts';
import { LONGEST_LINE } from '../lines.ts';
import { type Scan, typedJson } from './scan.ts';
import { writeLines } from './write-lines.ts';

export interface ArrowRowsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read of all files. */
  readonly onBytes: (bytes: number) => void;
  /** Rows that are enough; absent: all. */
  readonly limit?: number | undefined;
}

/**
 * Writes the rows of `files` to `target`; gives back the table that they are, and where files break off. Throws ClozeError when
 * the files differ in columns.
 */
export async function writeArrowRows(
  files: readonly string[],
  target: string,
  { signal, onBytes, limit = Number.POSITIVE_INFINITY }: ArrowRowsOptions,
): Promise<Scan & { readonly bad: readonly DatasetBadRow[] }> {
  let columns: readonly ArrowColumn[] | null = null;
  const bad: DatasetBadRow[] = [];
  async function* lines(): AsyncGenerator<readonly string[]> {
    let before = 0;
    let rows = 0;
    for (const path of files) {
      let bytes = 0;
      let read = 0;
      const onRead = (done: number) => {
        bytes = done;
        onBytes(before + done);
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
        read += batch.rows.length;
        if (batch.broken !== undefined) {
          bad.push({ file: files.length > 1 ? path : null, line: read + 1, byte: null, reason: batch.broken });
        }
        yield batch.rows.map((row) => JSON.stringify(row));
        rows += batch.rows.length;
        if (rows >= limit) return;
      }
      before += bytes;
    }
  }
  await writeLines(target, lines());
  const options = [`format = 'newline_delimited'`, `maximum_object_size = ${LONGEST_LINE}`];
  return { ...typedJson(`[${quoted(target, "'")}]`, options, columns ?? []), bad };
}
