// .arrow: the text column of an Arrow file.
import { readArrow } from './arrow.ts';
import { chooseColumn } from './column.ts';
import type { BadRow, TextSource } from './types.ts';

export async function openArrowFile(path: string, wanted: string | null): Promise<TextSource> {
  for await (const { columns } of readArrow(path)) {
    const names = columns.map(({ name }) => name);
    const text = columns.filter(({ sqlType }) => sqlType === 'VARCHAR').map(({ name }) => name);
    const column = chooseColumn(path, names, text, wanted);
    return { path, columns: names, column, rows: (...how) => rows(path, column, ...how), close() {} };
  }
  throw new Error('an Arrow file has a schema'); // readArrow yields it, or throws
}

async function* rows(
  path: string,
  column: string,
  onBadRow: (row: BadRow) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<(string | null)[]> {
  let read = 0;
  for await (const batch of readArrow(path, signal, onBytes)) {
    if (batch.broken !== undefined) onBadRow({ line: read + 1, reason: batch.broken });
    read += batch.rows.length;
    yield batch.rows.map((row) => {
      const value = row[column];
      return value === null || value === undefined ? null : String(value);
    });
  }
}
