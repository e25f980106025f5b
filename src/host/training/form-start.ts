// From a filled-in form to a run: paths made absolute, files looked for, the trainer started.
import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { ClozeError, describeError } from '../../base/errors.ts';
import { type ArgumentError, resolveArguments, type TrainingArguments } from '../../protocol/resolve-arguments.ts';
import { modifiedValues } from '../../protocol/training-form.ts';
import type { FormValues, StartResult } from '../../protocol/training-page.ts';
import { defaultRunFolder } from '../../runs/create-run.ts';
import { clozeHome } from '../../runs/home.ts';
import { startRun } from '../../runs/start.ts';
import type { Services } from '../services.ts';
import { storedToken, tokenProblem } from '../sharing/token.ts';
import { defaultThreads, runsFolder, workspaceFolder } from './settings.ts';

/** Starts a run with these values, or says which of them cannot be used. */
export async function startFromForm(
  values: FormValues,
  clozeVersion: string,
  trainer: string,
  services: Services,
): Promise<StartResult> {
  const { args, errors } = resolveArguments(modifiedValues(values));
  if (!args) return { errors };
  const placed = await placeArguments(args);
  const missing = await missingFiles(placed);
  if (missing.length > 0) return { errors: missing };
  const token = args.push_to_hub ? await storedToken(services.context) : undefined;
  const noToken = args.push_to_hub ? await tokenProblem(services, token) : null;
  if (noToken) return { errors: [{ name: 'push_to_hub', message: noToken }] };
  await saveOpenFiles([...placed.train_file, ...placed.validation_file]);
  try {
    const run = await startRun({ args: placed, clozeVersion }, trainer, token);
    return { folder: String(run.args.output_dir) };
  } catch (error) {
    const aboutFolder =
      error instanceof ClozeError && ['bad-argument', 'busy', 'disk-full', 'bad-input'].includes(error.code);
    if (!aboutFolder) throw error;
    return { errors: [{ name: 'output_dir', message: describeError(error) }] };
  }
}

/** A relative path means the workspace; without one, the user's own folder of Cloze. */
export function absolutePath(path: string): string {
  return isAbsolute(path) ? path : resolve(workspaceFolder() ?? clozeHome(), path);
}

async function placeArguments(args: TrainingArguments): Promise<TrainingArguments> {
  return {
    ...args,
    model_name_or_path: args.model_name_or_path && (await placeModel(args.model_name_or_path)),
    tokenizer_name: args.tokenizer_name && (await placeModel(args.tokenizer_name)),
    config_name: args.config_name && (await placeModel(args.config_name, ['folder', 'file'])),
    train_file: args.train_file.map(absolutePath),
    validation_file: args.validation_file.map(absolutePath),
    output_dir: args.output_dir ? absolutePath(args.output_dir) : join(runsFolder(), folderName(args)),
    threads: args.threads ?? defaultThreads(),
  };
}

/** A folder of the workspace, or a name that the trainer looks up. */
async function placeModel(name: string, kinds: readonly (Kind | null)[] = ['folder']): Promise<string> {
  const path = absolutePath(name);
  return kinds.includes(await kindOf(path)) ? path : name;
}

/** `<model>-<data>-<time>`, with a number when that is taken. */
function folderName(args: TrainingArguments): string {
  const folder = runsFolder();
  const named = defaultRunFolder(folder, args);
  return named.slice(join(folder, 'runs').length + 1);
}

async function missingFiles(args: TrainingArguments): Promise<ArgumentError[]> {
  const errors: ArgumentError[] = [];
  for (const name of ['train_file', 'validation_file'] as const) {
    for (const path of args[name]) {
      const kind = await kindOf(path);
      if (kind === null) errors.push({ name, message: `There is no file ${path}.` });
      if (kind === 'folder') errors.push({ name, message: `${path} is a folder. Choose a file.` });
    }
  }
  return errors;
}

/** The trainer reads from the disk: what is open and unsaved is saved, as before a debug session. */
async function saveOpenFiles(paths: readonly string[]): Promise<void> {
  const dirty = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && paths.includes(uri.fsPath));
  for (const document of dirty) await document.save();
}

type Kind = 'file' | 'folder';

async function kindOf(path: string): Promise<Kind | null> {
  return stat(path).then(
    (stats) => (stats.isDirectory() ? 'folder' : 'file'),
    () => null,
  );
}
