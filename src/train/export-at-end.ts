// export_onnx: the saved model as ONNX files too. The run is over: whatever goes wrong here costs nothing of it.
import { describeError } from '../base/errors.ts';
import { exportOnnx } from '../models/export/export-onnx.ts';
import { sizeText } from '../protocol/file-size.ts';
import type { Progress, TrainingObserver } from './observer.ts';

/** Writes onnx/ into the run's folder, or says why it did not. A request to cancel ends it. */
export async function exportAtEnd(folder: string, observer: TrainingObserver, progress: Progress): Promise<void> {
  const cancelled = new AbortController();
  const poll = setInterval(() => observer.requested() === 'cancel' && cancelled.abort(), 250);
  observer.onProgress(progress);
  try {
    const { files } = await exportOnnx(folder, { signal: cancelled.signal });
    for (const { path, bytes } of files) observer.onMessage('info', `Exported ${path} (${sizeText(bytes)}).`);
  } catch (error) {
    observer.onMessage(
      'warning',
      `The model is saved, but not exported to ONNX: ${describeError(error)} Try again: cloze export ${folder}`,
    );
  } finally {
    clearInterval(poll);
  }
}
