// Which column holds the text.
import { ClozeError } from '../base/errors.ts';

/** The wanted column, else "text", else the first that holds text. Throws ClozeError that lists the columns there are. */
export function chooseColumn(
  path: string,
  columns: readonly string[],
  textColumns: readonly string[],
  wanted: string | null,
): string {
  const list = columns.map((name) => `"${name}"`).join(', ');
  if (wanted !== null) {
    if (columns.includes(wanted)) return wanted;
    throw new ClozeError('bad-input', `${path} has no column "${wanted}".`, `It has ${list}: set text_column.`);
  }
  const column = columns.includes('text') ? 'text' : textColumns[0];
  if (column !== undefined) return column;
  throw new ClozeError('bad-input', `${path} has no column of text.`, `Its columns are ${list}.`);
}
