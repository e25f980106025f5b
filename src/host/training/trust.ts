// Training runs what the workspace says: it waits until the workspace is trusted.
import * as vscode from 'vscode';

/** Whether the workspace is trusted; if not, says that `what` waits and how to go on. */
export async function isTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const choice = await vscode.window.showWarningMessage(
    `${what} waits until you trust this workspace: a run reads its files and uses its settings.`,
    manage,
  );
  if (choice === manage) await manageTrust();
  return false;
}

export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
