// .txt: every line is a row of the column "text".
import { readLines } from './lines.ts';
import type { TextSource } from './types.ts';

export function openTextFile(path: string): TextSource {
  return {
    path,
    columns: ['text'],
    column: 'text',
    rows: (_onBadRow, signal, onBytes) => readLines(path, signal, onBytes),
    close() {},
  };
}
