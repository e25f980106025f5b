// The models that a panel offers: those that the engine finds, and a folder of one's own choice.
import * as vscode from 'vscode';
import type { ModelChoice } from '../../protocol/masking.ts';
import type { EngineClient } from '../engine-client.ts';
import { modelFolders } from './settings.ts';

export function listModels(engine: EngineClient): Promise<readonly ModelChoice[]> {
  return engine.call('models.list', { folders: modelFolders() });
}

/** Asks for a model folder; undefined when the dialog is left. What is wrong with it shows when it is used. */
export async function browseForModel(engine: EngineClient): Promise<ModelChoice | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: 'Choose a model folder (config.json, tokenizer.json, model.safetensors)',
    openLabel: 'Choose Model',
  });
  const folder = chosen?.[0];
  if (!folder) return undefined;
  const found = await engine.call('models.list', { folders: [folder.fsPath] });
  const name = folder.path.split('/').at(-1);
  const unknown = { path: folder.fsPath, label: name || folder.fsPath, source: 'setting', canPredict: true } as const;
  return found.find(({ path }) => path === folder.fsPath) ?? unknown;
}
