// The settings of the masking panel: the defaults that a new panel starts from, and where to look for models.
import * as vscode from 'vscode';
import type { MaskingOptions } from '../../protocol/masking.ts';
import { readMaskingOptions } from '../../protocol/masking-options.ts';

export function defaultMasking(): MaskingOptions {
  const settings = vscode.workspace.getConfiguration('cloze.masking');
  return readMaskingOptions({
    mlmProbability: settings.get('mlm_probability'),
    maskReplaceProb: settings.get('mask_replace_prob'),
    randomReplaceProb: settings.get('random_replace_prob'),
    wholeWordMask: settings.get('whole_word_mask'),
    seed: settings.get('seed'),
    stream: settings.get('stream'),
  });
}

/** The model that panels and forms start with; empty: the bundled one. */
export function defaultModel(): string {
  return vscode.workspace.getConfiguration('cloze').get<string>('model', '').trim();
}

/** Folders to look for models in: the setting's, and the workspace's own once it is trusted. */
export function modelFolders(): readonly string[] {
  const named = vscode.workspace.getConfiguration('cloze').get<readonly string[]>('modelFolders', []);
  const workspace = vscode.workspace.isTrusted
    ? (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath)
    : [];
  return [...named.filter((folder) => typeof folder === 'string'), ...workspace];
}
