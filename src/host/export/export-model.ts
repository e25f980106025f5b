// Cloze: Export to ONNX. The engine process writes; here are its progress, its cancel button and what came of it.
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { sizeText } from '../../protocol/file-size.ts';
import { isCancelledError } from '../../protocol/rpc.ts';
import type { Services } from '../services.ts';

/** Writes onnx/ into the model's folder. */
export async function exportModel({ engine, log }: Services, folder: string): Promise<void> {
  const { Notification } = vscode.ProgressLocation;
  const options = { location: Notification, title: `Exporting ${basename(folder)} to ONNX`, cancellable: true };
  try {
    const { files, notes } = await vscode.window.withProgress(options, (progress, cancelled) => {
      const controller = new AbortController();
      cancelled.onCancellationRequested(() => controller.abort());
      let shown = 0;
      return engine.call(
        'model.export',
        { folder },
        {
          signal: controller.signal,
          onProgress({ share, file }) {
            progress.report({ message: file, increment: 100 * (share - shown) });
            shown = share;
          },
        },
      );
    });
    for (const note of notes) log.warn(note);
    const written = files.map(({ path, bytes }) => `${basename(path)} (${sizeText(bytes)})`).join(' and ');
    tell(`Exported ${written}.${notes.map((note) => ` ${note}`).join('')}`, join(folder, 'onnx'));
  } catch (error) {
    if (!isCancelledError(error)) throw error;
    vscode.window.setStatusBarMessage('Cloze: the export was cancelled.', 6000);
  }
}

/** The message may stay for hours: nobody waits for it. */
function tell(message: string, folder: string): void {
  const show = 'Show Files';
  void vscode.window.showInformationMessage(message, show).then((choice) => {
    const uri = vscode.Uri.file(folder);
    if (!choice) return;
    const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    return vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
  });
}
