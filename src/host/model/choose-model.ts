// Asking for a model: one that the engine finds, or a folder or file of one's own.
import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { listModels } from '../masking/models.ts';

/** The file dialog; null when it is left. */
export async function chooseModel(title: string, openLabel: string): Promise<string | null> {
  const kinds = [
    { label: 'Model folder…', folders: true },
    { label: 'File: .safetensors, .onnx, config.json…', folders: false },
  ];
  const kind = await vscode.window.showQuickPick(kinds, { title });
  return kind ? browse(title, openLabel, kind.folders) : null;
}

/** A model by its name, or a folder or file; null when it is left. */
export async function pickModel(engine: EngineClient, title: string, openLabel: string): Promise<string | null> {
  const models = await listModels(engine).catch(() => []);
  const items = [
    ...models.map(({ label, path }) => ({ label, description: path, path, folders: false })),
    { label: '', kind: vscode.QuickPickItemKind.Separator, path: null, folders: false },
    { label: 'Model folder…', path: null, folders: true },
    { label: 'File: .safetensors, .onnx, config.json…', path: null, folders: false },
  ];
  const item = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return item ? (item.path ?? browse(title, openLabel, item.folders)) : null;
}

/** A file of text to measure on; null when the dialog is left. */
export async function chooseText(): Promise<string | null> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: 'Measure both models on which text?',
      openLabel: 'Choose',
      ...(workspace ? { defaultUri: workspace } : {}),
    })) ?? [];
  return chosen?.fsPath ?? null;
}

async function browse(title: string, openLabel: string, folders: boolean): Promise<string | null> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel,
      canSelectFiles: !folders,
      canSelectFolders: folders,
      ...(folders ? {} : { filters: { Models: ['safetensors', 'onnx', 'json'] } }),
      ...(workspace ? { defaultUri: workspace } : {}),
    })) ?? [];
  return chosen?.fsPath ?? null;
}
