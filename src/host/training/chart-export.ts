// Saves what the chart page made of its numbers, where the person says.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ChartPageState, ExportFormat } from '../../protocol/chart-page.ts';

const FILTERS: Readonly<Record<ExportFormat, Record<string, string[]>>> = {
  png: { 'PNG picture': ['png'] },
  svg: { 'SVG picture': ['svg'] },
  csv: { 'Comma-separated values': ['csv'] },
  json: { JSON: ['json'] },
};

/** Resolves to the path of the file that was written, null when nobody chose one. `content` is base64 for png. */
export async function saveExport(
  { source }: ChartPageState,
  format: ExportFormat,
  content: string,
): Promise<string | null> {
  const folder = source.kind === 'run' ? source.path : dirname(source.path);
  const what = format === 'png' || format === 'svg' ? 'loss' : 'log_history';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder, `${basename(folder)}-${what}.${format}`)),
    filters: FILTERS[format],
    title: format === 'csv' || format === 'json' ? 'Save the log history' : 'Save the loss chart',
  });
  if (!target) return null;
  await vscode.workspace.fs.writeFile(target, Buffer.from(content, format === 'png' ? 'base64' : 'utf8'));
  void offerToOpen(target);
  return target.fsPath;
}

async function offerToOpen(target: vscode.Uri): Promise<void> {
  const choice = await vscode.window.showInformationMessage(`Saved ${target.fsPath}`, 'Open');
  if (choice) await vscode.commands.executeCommand('vscode.open', target);
}
