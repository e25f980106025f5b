// A document that is no file of this machine (an earlier version in git, another computer's) as a file that is.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';

/** Bytes that are copied at the most: the content passes through memory whole. */
const LIMIT = 500_000_000;

/** The path of the copy. Throws when it is too large, or cannot be read. */
export async function localCopy(context: vscode.ExtensionContext, uri: vscode.Uri): Promise<string> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > LIMIT) {
    throw new Error(`${basename(uri.path)} is too large to be looked at from here. Copy it to a folder first.`);
  }
  const name = createHash('sha256').update(uri.toString()).digest('hex').slice(0, 16);
  const folder = vscode.Uri.joinPath(context.globalStorageUri, 'copies', name);
  const target = vscode.Uri.joinPath(folder, basename(uri.path));
  await vscode.workspace.fs.createDirectory(folder);
  await vscode.workspace.fs.writeFile(target, await vscode.workspace.fs.readFile(uri));
  return target.fsPath;
}
