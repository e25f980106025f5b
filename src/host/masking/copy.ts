// Puts the table on the clipboard, in the format asked for, and says so in the status bar.
import * as vscode from 'vscode';
import type { MaskingTable } from '../../protocol/masking.ts';
import type { CopyFormat, MaskingPageState } from '../../protocol/masking-page.ts';

export async function copyTable(
  format: CopyFormat,
  state: MaskingPageState,
  table: MaskingTable,
  text: string,
): Promise<void> {
  await vscode.env.clipboard.writeText(JSON.stringify({ format, model: state.model, text, table }));
  vscode.window.setStatusBarMessage('Cloze: copied.', 4000);
}
