// Puts the table on the clipboard in the format asked for, and says so in the status bar.
import * as vscode from 'vscode';
import type { MaskingTable } from '../../protocol/masking.ts';
import type { CopyFormat, MaskingPageState } from '../../protocol/masking-page.ts';
import { toCsv, toJson, toMarkdown, toPython } from '../../protocol/masking-text.ts';

const NAMES: Record<CopyFormat, string> = { markdown: 'Markdown', csv: 'CSV', json: 'JSON', python: 'Python' };

/** How long the status bar tells of it. Milliseconds. */
const SHOWN = 4000;

type Source = Pick<MaskingPageState, 'mode' | 'model' | 'masking' | 'reroll'>;

export async function copyTable(format: CopyFormat, source: Source, table: MaskingTable, text: string): Promise<void> {
  await vscode.env.clipboard.writeText(write(format, source, table, text));
  vscode.window.setStatusBarMessage(`$(check) Cloze: copied the table as ${NAMES[format]}`, SHOWN);
}

function write(
  format: CopyFormat,
  { mode, model, masking, reroll }: Source,
  table: MaskingTable,
  text: string,
): string {
  const masked = mode === 'mask';
  switch (format) {
    case 'markdown':
      return toMarkdown(table, masked);
    case 'csv':
      return toCsv(table, masked);
    case 'json':
      return toJson(table, masked);
    case 'python': {
      const maxLength = table.truncatedTokens > 0 ? table.modelMaxLength : null;
      return toPython({ text, model, masking, reroll, maxLength });
    }
  }
}
