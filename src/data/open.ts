// openText: the reader for a file's format.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import { openArrowFile } from './arrow-file.ts';
import { formatOf } from './format.ts';
import { openJsonLines } from './json-lines.ts';
import { openTableFile } from './table-file.ts';
import { openTextFile } from './text-file.ts';
import type { BadRow, TextSource } from './types.ts';
import { PACKED } from './unpack.ts';

/** Opens `path` for its text. Throws ClozeError: missing file, unknown format, missing column, damaged file. */
export async function openText(path: string, column: string | null = null): Promise<TextSource> {
  const file = resolve(path);
  const stats = await stat(file).catch(() => null);
  if (!stats) throw new ClozeError('not-found', `There is no file ${file}.`, 'Check the path.');
  if (stats.isDirectory()) throw new ClozeError('bad-input', `${file} is a folder.`, 'Name a file in it.');
  const format = formatOf(file);
  if (format === 'arrow') return openArrowFile(file, column);
  if (format === 'text') return openTextFile(file);
  if (format === 'jsonl') return openJsonLines(file, column);
  const isPackedParquet = format === 'parquet' && PACKED.test(file);
  if (format !== null && !isPackedParquet) return openTableFile(file, column);
  throw new ClozeError(
    'unsupported',
    `${file}: Cloze does not know this kind of file.`,
    'It reads .txt, .jsonl, .csv, .tsv, .json, .parquet and .arrow, text packed too (.gz, .zst).',
  );
}

export interface ReadOptions {
  readonly column: string | null;
  readonly onBadRow: 'fail' | 'skip';
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of all files were read so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** The texts of several files, one file after the other; null rows are left out. `skipped` counts bad rows. */
export async function* readTexts(
  paths: readonly string[],
  options: ReadOptions,
  skipped: (path: string, row: BadRow) => void,
): AsyncGenerator<string[]> {
  let before = 0;
  for (const path of paths) {
    const source = await openText(path, options.column);
    try {
      const onBadRow = (row: BadRow) => {
        if (options.onBadRow === 'skip') return skipped(path, row);
        throw new ClozeError(
          'bad-input',
          `${path} line ${row.line}: ${row.reason}.`,
          'Fix it, or leave such rows out with --on_bad_row skip.',
        );
      };
      const onBytes = (bytes: number) => options.onBytes?.(before + bytes);
      for await (const batch of source.rows(onBadRow, options.signal, onBytes)) {
        yield batch.filter((text) => text !== null);
      }
      before += (await stat(path)).size;
      options.onBytes?.(before);
    } finally {
      source.close();
    }
  }
}
