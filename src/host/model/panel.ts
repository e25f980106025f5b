// One model: what the engine told of it so far, and the page's questions on their way to the engine.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { TensorStatistics } from '../../protocol/model.ts';
import type { ModelPageContract, ModelPageEvents, ModelPageMemory, ModelPageState } from '../../protocol/model-page.ts';
import { type Handlers, isCancelledError, RemoteError, toWireError } from '../../protocol/rpc.ts';
import { CrashGuard } from '../crash-guard.ts';
import { Lifetime, onEnd } from '../lifetime.ts';
import { logError } from '../log.ts';
import { listModels } from '../masking/models.ts';
import { Page } from '../page.ts';
import type { Services } from '../services.ts';
import { chooseModel, chooseText } from './choose-model.ts';

export class ModelPanel extends Lifetime {
  readonly #services: Services;
  readonly #page: Page<ModelPageContract, ModelPageEvents>;
  readonly #guard: CrashGuard;
  #state: ModelPageState;
  #statistics: TensorStatistics[] = [];
  #reading: AbortController | undefined;
  /** The person stopped the reading: being seen again does not start it. */
  #stopped = false;
  #watching = this.register(new Lifetime());

  /** Takes over `panel`, new or revived, and ends with it. `openFolder`: shows a folder in a panel of its own. */
  constructor(
    panel: vscode.WebviewPanel,
    memory: ModelPageMemory,
    title: string,
    services: Services,
    private readonly openFolder: (folder: string) => void,
  ) {
    super();
    this.#services = services;
    this.#guard = new CrashGuard(services.engine, title);
    this.#state = {
      ...memory,
      title,
      outline: null,
      error: null,
      statistics: [],
      reading: null,
      readingError: null,
      changed: false,
      models: null,
      other: null,
    };
    const { extensionUri } = services.context;
    const page = { name: 'model', title } as const;
    this.#page = this.register(new Page(panel, page, extensionUri, this.#handlers(), services.log));
    this.register(panel.onDidDispose(() => this.dispose()));
    this.register(onEnd(() => this.#reading?.abort()));
    this.register(panel.onDidChangeViewState(() => (panel.visible ? this.#read() : this.#reading?.abort())));
    void this.#outline();
    void this.#listModels();
  }

  get panel(): vscode.WebviewPanel {
    return this.#page.panel;
  }

  get path(): string {
    return this.#state.path;
  }

  /** Shows how the model differs from the one at `other`. */
  compareWith(other: string): void {
    this.#update({ other });
    this.#page.emit('compare', { other });
  }

  async #outline(): Promise<void> {
    this.#reading?.abort();
    this.#statistics = [];
    this.#update({ outline: null, error: null, reading: null, readingError: null });
    try {
      const outline = await this.#guard.call('model.outline', { path: this.path });
      if (this.disposed) return;
      this.#update({ outline });
      this.#watch();
      this.#read();
    } catch (error) {
      logError(this.#services.log, `model ${this.path}`, error);
      this.#update({ error: toWireError(error) });
    }
  }

  /** Reads the tensors that were not read yet, as long as the panel is in sight. */
  async #read(): Promise<void> {
    const { outline } = this.#state;
    if (!outline || this.#stopped || this.disposed || !this.panel.visible) return;
    if (this.#reading && !this.#reading.signal.aborted) return;
    if (this.#statistics.length === outline.tensors.length) return;
    const controller = new AbortController();
    this.#reading = controller;
    const { signal } = controller;
    this.#update({ reading: this.#state.reading ?? 0, readingError: null });
    try {
      await this.#guard.call(
        'model.statistics',
        { path: this.path, from: this.#statistics.length },
        {
          signal,
          onProgress: ({ tensors, done }) => {
            if (signal.aborted) return;
            this.#statistics.push(...tensors);
            this.#state = { ...this.#state, reading: done };
            this.#page.emit('statistics', { tensors, reading: done });
          },
        },
      );
      if (this.#reading === controller) this.#update({ reading: null });
    } catch (error) {
      if (this.#reading !== controller || isCancelledError(error)) return;
      logError(this.#services.log, `tensors of ${this.path}`, error);
      this.#update({ reading: null, readingError: toWireError(error) });
    } finally {
      if (this.#reading === controller) this.#reading = undefined;
    }
  }

  async #listModels(): Promise<void> {
    const models = await listModels(this.#services.engine).catch(() => []);
    this.#update({ models });
  }

  /** Says so when a file of the model changes: training writes into the folder that is open, say. */
  #watch(): void {
    this.#watching.dispose();
    this.#watching = this.register(new Lifetime());
    const { outline, path } = this.#state;
    const folder = outline?.folder ?? dirname(path);
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*.{safetensors,onnx,json}');
    const watcher = this.#watching.register(vscode.workspace.createFileSystemWatcher(pattern, true));
    const changed = (uri: vscode.Uri) => {
      if (uri.fsPath === path || path === folder || /\.json$/.test(uri.path)) this.#update({ changed: true });
    };
    this.#watching.register(watcher.onDidChange(changed));
    this.#watching.register(watcher.onDidDelete(changed));
  }

  #handlers(): Handlers<ModelPageContract> {
    const { engine } = this.#services;
    const done = async (work: unknown) => {
      await work;
      return null;
    };
    return {
      state: () => ({ ...this.#state, statistics: this.#statistics }),
      slice: (params, { signal }) => this.#guard.call('model.slice', { path: this.path, ...params }, { signal }),
      nearest: (params, { signal }) => this.#guard.call('model.nearest', { path: this.path, ...params }, { signal }),
      compare: ({ path }, { signal, progress }) => {
        this.#update({ other: path });
        return this.#guard.call('model.compare', { a: this.path, b: path }, { signal, onProgress: progress });
      },
      compareOnRows: ({ path, request }, { signal, progress }) =>
        this.#guard.call(
          'model.compareOnRows',
          { a: this.#folder(), b: path, request },
          { signal, onProgress: progress },
        ),
      browseText: () => chooseText(),
      encode: ({ text }, { signal }) => engine.call('model.encode', { model: this.#folder(), text }, { signal }),
      predict: (params, { signal }) =>
        this.#guard.call('masking.predict', { model: this.#folder(), ...params }, { signal }),
      tokenLosses: ({ text }, { signal }) =>
        this.#guard.call('model.tokenLosses', { model: this.#folder(), text }, { signal }),
      attention: ({ inputIds }, { signal }) =>
        this.#guard.call('model.attention', { model: this.#folder(), inputIds }, { signal }),
      browse: () => chooseModel('Compare with which model?', 'Compare'),
      reread: () => done(this.#reread()),
      setReading: ({ reading }) => done(this.#setReading(reading)),
      openFolder: () => done(this.openFolder(this.#state.outline?.folder ?? dirname(this.path))),
      showLog: () => done(this.#services.log.show()),
    };
  }

  #folder(): string {
    const folder = this.#state.outline?.folder;
    if (!folder) throw new RemoteError({ code: 'not-found', message: 'The model is not open.' });
    return folder;
  }

  #setReading(reading: boolean): void {
    this.#stopped = !reading;
    if (reading) void this.#read();
    else {
      this.#reading?.abort();
      this.#update({ reading: null });
    }
  }

  async #reread(): Promise<void> {
    this.#guard.forgive();
    this.#stopped = false;
    this.#update({ changed: false });
    await this.#outline();
  }

  #update(part: Partial<ModelPageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#page.emit('update', 'outline' in part ? { ...part, statistics: this.#statistics } : part);
  }
}
