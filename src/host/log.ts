// The output channel "Cloze": the one place where all parts of the extension write.
import * as vscode from 'vscode';
import { toWireError } from '../protocol/rpc.ts';

export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('Cloze', { log: true });
}

/** Writes a failure with its stack, which no message to a person carries. */
export function logError(log: Log, what: string, error: unknown): void {
  const { message } = toWireError(error);
  log.error(`${what}: ${error instanceof Error && error.stack ? error.stack : message}`);
}

/** Shows a failure to the person: what went wrong, the way out, and a button to the log. */
export async function showError(log: Log, error: unknown): Promise<void> {
  const { message, wayOut } = toWireError(error);
  const choice = await vscode.window.showErrorMessage(wayOut ? `${message} ${wayOut}` : message, 'Show Log');
  if (choice) log.show();
}
