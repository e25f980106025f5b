// .txt: every line is a row of the column "text".
import { readLineBatches } from './lines.ts';
import type { BadRow, TextSource } from './types.ts';

export function openTextFile(path: string): TextSource {
  return {
    path,
    columns: ['text'],
    column: 'text',
    rows: (onBadRow, signal, onBytes) => rows(path, onBadRow, signal, onBytes),
    close() {},
  };
}

async function* rows(
  path: string,
  onBadRow: (row: BadRow) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<readonly string[]> {
  let before = 0;
  for await (const { lines, bad, byteOf } of readLineBatches(path, signal, onBytes)) {
    for (const [i, reason] of bad) onBadRow({ line: before + i + 1, byte: byteOf(i), reason });
    before += lines.length;
    yield bad.size === 0 ? lines : lines.filter((_, i) => !bad.has(i));
  }
}
