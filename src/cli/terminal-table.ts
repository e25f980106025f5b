// The masking table for a terminal: in blocks as wide as it is.
import stringWidth from 'string-width';
import type { MaskingTable } from '../protocol/masking.ts';
import { tableRows } from '../protocol/masking-text.ts';

/** `width` in terminal columns. Control characters are shown as their symbols. */
export function terminalTable(table: MaskingTable, width: number): string {
  const rows = [
    { name: '', cells: table.columns.map((_, i) => String(i)) },
    ...tableRows(table, true).map(({ name, cells }) => ({ name, cells: cells.map(visible) })),
  ];
  const head = Math.max(...rows.map(({ name }) => name.length));
  const widths = table.columns.map((_, i) => Math.max(...rows.map(({ cells }) => stringWidth(cells[i] ?? ''))));
  const lines: string[] = [];
  for (let from = 0; from < widths.length; ) {
    let to = from;
    let used = head;
    while (to < widths.length && (to === from || used + 2 + (widths[to] ?? 0) <= width))
      used += 2 + (widths[to++] ?? 0);
    if (from > 0) lines.push('');
    for (const { name, cells } of rows) {
      const block = cells.slice(from, to).map((cell, i) => pad(cell, widths[from + i] ?? 0));
      lines.push([name.padEnd(head), ...block].join('  ').trimEnd());
    }
    from = to;
  }
  return `${lines.join('\n')}\n`;
}

function pad(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    String.fromCodePoint(0x2400 + ((character.codePointAt(0) ?? 0) % 0x21)),
  );
}
