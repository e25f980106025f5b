// One data set: which files it shows, whether they changed, and the page's questions on their way to the engine.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetSplit } from '../../protocol/dataset.ts';
import type { DatasetContract, DatasetSource } from '../../protocol/dataset-contract.ts';
import type {
  DatasetPageContract,
  DatasetPageEvents,
  DatasetPageMemory,
  DatasetPageState,
} from '../../protocol/dataset-page.ts';
import { type CallContext, type Handlers, RemoteError, toWireError } from '../../protocol/rpc.ts';
import { CrashGuard } from '../crash-guard.ts';
import { Lifetime } from '../lifetime.ts';
import { browseForModel, listModels } from '../masking/models.ts';
import { defaultModel } from '../masking/settings.ts';
import { Page } from '../page.ts';
import type { Services } from '../services.ts';
import { exportRows } from './export-rows.ts';
import { showRow } from './row-documents.ts';

export const DATASET_VIEW = 'cloze.dataset';

type DatasetMethod = keyof DatasetContract & `dataset.${string}`;

export class DatasetPanel extends Lifetime {
  readonly #services: Services;
  readonly #page: Page<DatasetPageContract, DatasetPageEvents>;
  readonly #guard: CrashGuard;
  readonly #cache: string;
  #state: DatasetPageState;
  #watching = this.register(new Lifetime());

  /** Takes over `panel`, new or revived, and ends with it. */
  constructor(panel: vscode.WebviewPanel, memory: DatasetPageMemory, title: string, services: Services) {
    super();
    this.#services = services;
    this.#guard = new CrashGuard(services.engine, title);
    this.#cache = vscode.Uri.joinPath(services.context.globalStorageUri, 'rows').fsPath;
    this.#state = {
      ...memory,
      title,
      splits: null,
      error: null,
      changed: false,
      models: null,
      model: defaultModel() || services.context.asAbsolutePath('media/model'),
    };
    const { extensionUri } = services.context;
    const page = { name: 'dataset', title } as const;
    this.#page = this.register(new Page(panel, page, extensionUri, this.#handlers(), services.log));
    this.register(panel.onDidDispose(() => this.dispose()));
    void this.#find();
    void this.#listModels();
  }

  get panel(): vscode.WebviewPanel {
    return this.#page.panel;
  }

  get path(): string {
    return this.#state.path;
  }

  async #find(): Promise<void> {
    const { path, added } = this.#state;
    try {
      const call = (of: string) => this.#guard.call('dataset.splits', { path: of });
      const found = await Promise.all([path, ...added].map(call));
      this.#update({ splits: found.flat(), error: null });
      this.#watch(found.flat());
    } catch (error) {
      this.#update({ splits: null, error: toWireError(error) });
    }
  }

  async #listModels(): Promise<void> {
    const models = await listModels(this.#services.engine).catch(() => []);
    this.#update({ models });
  }

  #watch(splits: readonly DatasetSplit[]): void {
    this.#watching.dispose();
    this.#watching = this.register(new Lifetime());
    for (const file of splits.flatMap(({ files }) => files).slice(0, WATCHED)) {
      const folder = vscode.Uri.joinPath(vscode.Uri.file(file), '..');
      const pattern = new vscode.RelativePattern(folder, globLiteral(basename(file)));
      const watcher = this.#watching.register(vscode.workspace.createFileSystemWatcher(pattern, true));
      const changed = () => this.#update({ changed: true });
      this.#watching.register(watcher.onDidChange(changed));
      this.#watching.register(watcher.onDidDelete(changed));
    }
  }

  #source(split: number): DatasetSource {
    const files = this.#state.splits?.[split]?.files;
    if (!files) throw new RemoteError({ code: 'not-found', message: 'The data set is no longer open.' });
    return { files, cache: this.#cache };
  }

  #handlers(): Handlers<DatasetPageContract> {
    const ask =
      <M extends DatasetMethod>(method: M) =>
      ({ split, ...rest }: { split: number }, context: CallContext<never>) => {
        const params = { source: this.#source(split), ...rest } as unknown as DatasetContract[M]['params'];
        return this.#guard.call(method, params, {
          signal: context.signal,
          onProgress: (value) => context.progress(value as never),
        });
      };
    const done = async (work: unknown) => {
      await work;
      return null;
    };
    return {
      state: () => this.#state,
      start: ask('dataset.start'),
      open: ask('dataset.open'),
      count: ask('dataset.count'),
      page: ask('dataset.page'),
      find: ask('dataset.find'),
      cell: ask('dataset.cell'),
      summary: ask('dataset.summary'),
      badRows: ask('dataset.badRows'),
      tokens: ask('dataset.tokens'),
      problems: ({ split, column, training }, { signal, progress }) => {
        const params = {
          source: this.#source(split),
          column,
          training: training === null ? null : this.#source(training),
        };
        return this.#guard.call('dataset.problems', params, { signal, onProgress: progress });
      },
      batch: ask('dataset.batch'),
      export: ({ split, view, columns, format }) => {
        const name = this.#state.splits?.[split]?.files[0] ?? this.path;
        return exportRows(this.#services, name, format, (target, signal) =>
          this.#guard.call(
            'dataset.export',
            { source: this.#source(split), view, columns, format, target },
            { signal },
          ),
        );
      },
      copy: async ({ text, what }) => {
        await vscode.env.clipboard.writeText(text);
        vscode.window.setStatusBarMessage(`Cloze: ${what} copied.`, 4000);
        return null;
      },
      inspectRow: ({ split, place, column }) => done(showRow(this.#source(split), place, column)),
      fineTune: ({ split, column, maxSeqLength, model }) => {
        const { splits } = this.#state;
        const of = (name: string) => splits?.find((one) => one.name === name)?.files;
        const values = {
          train_file: of('train') ?? splits?.[split]?.files ?? [],
          validation_file: (splits?.length ?? 0) > 1 ? (of('validation') ?? of('test') ?? []) : [],
          text_column: column ?? '',
          max_seq_length: maxSeqLength === null ? '' : String(maxSeqLength),
          model_name_or_path: model,
        };
        return done(vscode.commands.executeCommand('cloze.fineTune', values));
      },
      addSplit: () => done(this.#addSplit()),
      browseModel: async () => (await browseForModel(this.#services.engine)) ?? null,
      reread: () => done(this.#reread()),
      openAsText: ({ split }) =>
        done(
          vscode.commands.executeCommand(
            'vscode.openWith',
            vscode.Uri.file(this.#source(split).files[0] as string),
            'default',
          ),
        ),
      showLog: () => done(this.#services.log.show()),
    };
  }

  async #reread(): Promise<void> {
    this.#guard.forgive();
    this.#update({ changed: false });
    await this.#find();
    this.#page.emit('reread', null);
  }

  async #addSplit(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: 'Choose a file to look at beside, such as the validation rows',
      openLabel: 'Look at This Too',
      canSelectMany: true,
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(this.path), '..'),
    });
    if (!chosen) return;
    const known = [this.path, ...this.#state.added];
    const added = chosen.map(({ fsPath }) => fsPath).filter((path) => !known.includes(path));
    this.#update({ added: [...this.#state.added, ...added] });
    await this.#find();
  }

  #update(part: Partial<DatasetPageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#page.emit('update', part);
  }
}

/** Files of a data set that are watched for changes. */
const WATCHED = 50;

const globLiteral = (name: string): string => name.replace(/[[\]{}*?]/g, '[$&]');
