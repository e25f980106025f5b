// Columns of text for a terminal.
import stringWidth from 'string-width';

/** Rows of cells under each other; the columns are right-aligned unless told. */
export function textTable(rows: readonly (readonly string[])[], align: readonly ('left' | 'right')[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const pad = (cell: string, column: number) => {
    const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)));
    return align[column] === 'left' ? cell + space : space + cell;
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
