// The settings of training, and where this workspace's files and runs lie.
import { isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { clozeHome } from '../../runs/home.ts';

/** Threads for a new run; null: all cores but one. */
export function defaultThreads(): number | null {
  const threads = vscode.workspace.getConfiguration('cloze.training').get<number>('threads', 0);
  return threads > 0 ? threads : null;
}

/** The folder that relative paths mean: the workspace's first, else none. */
export function workspaceFolder(): string | null {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? null;
}

/** Where new runs get their folders: the setting's place, in the workspace, or the user's own without one. */
export function runsFolder(): string {
  const named = vscode.workspace.getConfiguration('cloze.training').get<string>('runsFolder', '').trim();
  const base = workspaceFolder() ?? clozeHome();
  if (named === '') return join(base, 'runs');
  return isAbsolute(named) ? named : resolve(base, named);
}
