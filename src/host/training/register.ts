// The training half of the extension: form, monitor, chart.
import type * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** Registers every command and view of training; what it returns ends them. */
export function registerTraining(_services: Services): vscode.Disposable {
  return { dispose() {} };
}
