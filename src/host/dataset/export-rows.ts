// Saves the rows in view where a person says, with progress that can be cancelled.
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetExport } from '../../protocol/dataset.ts';
import type { Services } from '../services.ts';

const NAMES: Readonly<Record<DatasetExport, string>> = { jsonl: 'JSON Lines', csv: 'CSV', parquet: 'Parquet' };

/** `write` writes them to a path and gives back the bytes. null when no place was chosen. */
export async function exportRows(
  { log }: Services,
  source: string,
  format: DatasetExport,
  write: (target: string, signal: AbortSignal) => Promise<number>,
): Promise<{ path: string; bytes: number } | null> {
  const name = basename(source, extname(source));
  const chosen = await vscode.window.showSaveDialog({
    title: `Export rows as ${NAMES[format]}`,
    defaultUri: vscode.Uri.file(join(dirname(source), `${name}-rows.${format}`)),
    filters: { [NAMES[format]]: [format] },
    saveLabel: 'Export',
  });
  if (!chosen) return null;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Exporting rows to ${basename(chosen.fsPath)}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const bytes = await write(chosen.fsPath, controller.signal);
    log.info(`exported rows of ${source} to ${chosen.fsPath}`);
    return { path: chosen.fsPath, bytes };
  });
}
