// Cloze: Export to ONNX. The engine process writes; here are its progress, its cancel button and what came of it.
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { sizeText } from '../../protocol/file-size.ts';
import { isCancelledError } from '../../protocol/rpc.ts';
import type { Services } from '../services.ts';

/** Writes onnx/ into the model's folder; `reveal` shows a folder to the person. */
export async function exportModel(
  { engine, log }: Services,
  folder: string,
  reveal: (folder: string) => Promise<void>,
): Promise<void> {
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
    // the message may stay for hours: nobody waits for it
    void vscode.window
      .showInformationMessage([`Exported ${written}.`, ...notes].join(' '), 'Show Files')
      .then((choice) => choice && reveal(join(folder, 'onnx')));
  } catch (error) {
    if (!isCancelledError(error)) throw error;
    vscode.window.setStatusBarMessage('Cloze: the export was cancelled.', 6000);
  }
}
