// The fine-tuning form: keeps what is typed for the workspace, looks at data files, starts the run.
import { basename, isAbsolute, relative } from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoice } from '../../protocol/masking.ts';
import { type Handlers, toWireError } from '../../protocol/rpc.ts';
import { modifiedValues, trainCommand } from '../../protocol/training-form.ts';
import type {
  Browsed,
  DataPeek,
  FormValue,
  FormValues,
  StartResult,
  TrainingPageContract,
  TrainingPageEvents,
  TrainingPageState,
} from '../../protocol/training-page.ts';
import { Lifetime } from '../lifetime.ts';
import { logError } from '../log.ts';
import { defaultModel, modelFolders } from '../masking/settings.ts';
import { Page } from '../page.ts';
import type { Services } from '../services.ts';
import { absolutePath, startFromForm } from './form-start.ts';
import type { RunActions } from './run-actions.ts';
import { runsFolder, workspaceFolder } from './settings.ts';
import { isTrusted, manageTrust } from './trust.ts';

export const FORM_VIEW = 'cloze.fineTune';

/** Where the workspace keeps what was typed last. */
const MEMORY = 'cloze.training.values';
const PREVIEW_ROWS = 4;

export class FormPanel extends Lifetime {
  readonly #services: Services;
  readonly #actions: RunActions;
  readonly #started: (folder: string) => Promise<void>;
  readonly #page: Page<TrainingPageContract, TrainingPageEvents>;
  #state: TrainingPageState;

  /** Takes over `panel` and ends with it. `started` shows the new run. */
  constructor(
    panel: vscode.WebviewPanel,
    services: Services,
    actions: RunActions,
    started: (folder: string) => Promise<void>,
  ) {
    super();
    this.#services = services;
    this.#actions = actions;
    this.#started = started;
    this.#state = {
      values: this.#remembered(),
      models: null,
      runsFolder: runsFolder(),
      workspace: workspaceFolder(),
      trusted: vscode.workspace.isTrusted,
    };
    panel.title = 'Fine-tune';
    const page = { name: 'training', title: 'Fine-tune Masked Language Model' } as const;
    const { extensionUri } = services.context;
    this.#page = this.register(new Page(panel, page, extensionUri, this.#handlers(), services.log));
    this.register(panel.onDidDispose(() => this.dispose()));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update({ trusted: true })));
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('cloze')) this.#update({ runsFolder: runsFolder() });
      }),
    );
    void this.#listModels();
  }

  get panel(): vscode.WebviewPanel {
    return this.#page.panel;
  }

  /** Puts a data set into the form: paths as they are, other values as typed. What is empty is left out. */
  trainOn(data: FormValues): void {
    const values: Record<string, FormValue> = { ...this.#state.values };
    // what was chosen for other data says nothing about this
    delete values.text_column;
    for (const [name, value] of Object.entries(data)) {
      if (Array.isArray(value)) values[name] = value.map(shortPath);
      else if (value !== '') values[name] = value;
    }
    void this.#remember(values);
    this.#update({ values });
  }

  #handlers(): Handlers<TrainingPageContract> {
    const done = async (work: Promise<unknown> | unknown) => {
      await work;
      return null;
    };
    return {
      state: () => this.#state,
      remember: ({ values }) => done(this.#remember(values)),
      browse: ({ what }) => this.#browse(what),
      peek: ({ path, column }, { signal }) => this.#peek(path, column, signal),
      start: ({ values }) => this.#start(values),
      openChart: ({ folder }) => done(this.#started(folder)),
      copyCommand: ({ values }) => done(copyCommand(values)),
      trust: () => done(manageTrust()),
    };
  }

  async #start(values: FormValues): Promise<StartResult> {
    if (!(await isTrusted('Fine-tuning'))) return { errors: [] };
    await this.#remember(values);
    const version = String(this.#services.context.extension.packageJSON.version);
    const result = await startFromForm(values, version, this.#actions.trainer, this.#services);
    if (!result.errors) {
      this.#services.log.info(`started ${result.folder}`);
      await this.#started(result.folder);
    }
    return result;
  }

  async #peek(path: string, column: string, signal: AbortSignal): Promise<DataPeek> {
    try {
      const params = { path: absolutePath(path), rows: PREVIEW_ROWS, ...(column === '' ? {} : { column }) };
      return await this.#services.engine.call('data.peek', params, { signal });
    } catch (error) {
      return { error: toWireError(error) };
    }
  }

  async #browse(what: Browsed): Promise<readonly string[] | null> {
    const folder = what === 'model_name_or_path' || what === 'tokenizer_name' || what === 'output_dir';
    const workspace = workspaceFolder();
    const chosen = await vscode.window.showOpenDialog({
      ...DIALOGS[what],
      canSelectFolders: folder,
      canSelectFiles: !folder,
      canSelectMany: !folder,
      ...(workspace ? { defaultUri: vscode.Uri.file(workspace) } : {}),
      ...(folder
        ? {}
        : {
            filters: {
              Text: ['txt', 'jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet', 'arrow', 'gz', 'zst'],
              'All files': ['*'],
            },
          }),
    });
    if (!chosen || chosen.length === 0) return null;
    const paths = chosen.map((uri) => shortPath(uri.fsPath));
    if (what === 'model_name_or_path') this.#addModel(paths[0] ?? '');
    return paths;
  }

  #addModel(path: string): void {
    const models = this.#state.models ?? [];
    if (models.some((model) => model.path === path)) return;
    const model: ModelChoice = { path, label: basename(path), source: 'setting', canPredict: true };
    this.#update({ models: [...models, model] });
  }

  async #listModels(): Promise<void> {
    try {
      const found = await this.#services.engine.call('models.list', { folders: modelFolders() });
      // by the name that means it on every machine, or a path that is short to read
      const models = found.map((model) => ({
        ...model,
        path:
          model.source === 'bundled' ? 'bundled' : model.source === 'hf-cache' ? model.label : shortPath(model.path),
      }));
      this.#update({ models });
    } catch (error) {
      logError(this.#services.log, 'models.list', error);
      this.#update({ models: [] });
    }
  }

  #remembered(): FormValues {
    const saved = this.#services.context.workspaceState.get<FormValues>(MEMORY);
    if (saved && typeof saved === 'object') return modifiedValues(saved);
    const model = defaultModel();
    return model === '' ? {} : { model_name_or_path: model };
  }

  async #remember(values: FormValues): Promise<void> {
    this.#state = { ...this.#state, values };
    await this.#services.context.workspaceState.update(MEMORY, modifiedValues(values));
  }

  #update(part: Partial<TrainingPageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#page.emit('update', part);
  }
}

const DIALOGS: Readonly<Record<Browsed, { readonly title: string; readonly openLabel: string }>> = {
  model_name_or_path: {
    title: 'Choose a model folder (config.json, tokenizer.json, model.safetensors)',
    openLabel: 'Choose Model',
  },
  tokenizer_name: { title: 'Choose a folder with a tokenizer.json', openLabel: 'Choose Tokenizer' },
  train_file: { title: 'Choose text to train on', openLabel: 'Train on This' },
  validation_file: { title: 'Choose text to evaluate on', openLabel: 'Evaluate on This' },
  output_dir: { title: 'Choose the folder of the run', openLabel: 'Choose Folder' },
};

/** Relative where it lies in the workspace, so that the form and its command read well. */
function shortPath(path: string): string {
  const workspace = workspaceFolder();
  if (!workspace) return path;
  const short = relative(workspace, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

async function copyCommand(values: FormValues): Promise<void> {
  await vscode.env.clipboard.writeText(trainCommand(values, process.platform === 'win32' ? 'windows' : 'posix'));
  vscode.window.setStatusBarMessage('Cloze: command copied. It works in this workspace’s terminals.', 6000);
}
