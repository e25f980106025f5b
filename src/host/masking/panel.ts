// One masking panel: which text it shows, with which model and arguments, and what came of it.
import * as vscode from 'vscode';
import type { MaskingTable } from '../../protocol/masking.ts';
import type {
  MaskingContent,
  MaskingMode,
  MaskingPageContract,
  MaskingPageEvents,
  MaskingPageMemory,
  MaskingPageState,
  SourcePlace,
} from '../../protocol/masking-page.ts';
import { type Handlers, isCancelledError, toWireError } from '../../protocol/rpc.ts';
import { Lifetime, onEnd } from '../lifetime.ts';
import { Page } from '../page.ts';
import type { Services } from '../services.ts';
import { copyTable } from './copy.ts';
import { Highlight } from './highlight.ts';
import { browseForModel, listModels } from './models.ts';
import { PanelPredictions } from './predictions.ts';
import { describePlace, findDocument, rangeOf, readSource, reopenDocument, type SourceText } from './source.ts';
import { tokensAt } from './tokens-at.ts';

export const MASKING_VIEW = 'cloze.masking';

export class MaskingPanel extends Lifetime {
  readonly #services: Services;
  readonly #page: Page<MaskingPageContract, MaskingPageEvents>;
  readonly #highlight = this.register(new Highlight());
  readonly #predictions: PanelPredictions;
  #state: MaskingPageState;
  #source: SourceText = { kind: 'empty', reason: 'nothing-selected' };
  #inspecting: AbortController | undefined;
  #missed: SourcePlace | undefined;
  /** The column whose characters are marked in the editor. */
  #token: number | null = null;

  /** Takes over `panel`, new or revived, and ends with it. */
  constructor(panel: vscode.WebviewPanel, memory: MaskingPageMemory, services: Services) {
    super();
    this.#services = services;
    this.#state = {
      ...memory,
      sourceLabel: null,
      stale: false,
      busy: false,
      models: [],
      content: { kind: 'waiting', what: 'Starting the engine' },
      prediction: { kind: 'none' },
    };
    const { extensionUri } = services.context;
    const page = { name: 'masking', title: 'Masking' } as const;
    this.#page = this.register(new Page(panel, page, extensionUri, this.#handlers(), services.log));
    this.#predictions = this.register(
      new PanelPredictions(services.engine, (prediction) => this.#update({ prediction })),
    );
    this.register(onEnd(() => this.#inspecting?.abort()));
    this.register(panel.onDidDispose(() => this.dispose()));
    this.register(panel.onDidChangeViewState(() => this.#catchUp()));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#listModels()));
    this.register(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('cloze.modelFolders')) void this.#listModels();
      }),
    );
    void this.#listModels();
  }

  get panel(): vscode.WebviewPanel {
    return this.#page.panel;
  }

  get pinned(): boolean {
    return this.#state.pinned;
  }

  get place(): SourcePlace | null {
    return this.#state.place;
  }

  /** Shows the text at `place`; null says that there is none. The same text keeps its table and predictions. */
  async inspect(place: SourcePlace | null, mode: MaskingMode = this.#state.mode): Promise<void> {
    const before = this.#source;
    const { content, busy, mode: modeBefore } = this.#state;
    this.#highlight.clear();
    this.#source = readSource(place);
    this.#update({ place, mode, stale: false, sourceLabel: place && describePlace(place) });
    this.panel.title = panelTitle(place, mode);
    const sameText = before.kind === 'text' && this.#source.kind === 'text' && before.text === this.#source.text;
    if (!sameText) this.#token = null;
    if (sameText && mode === modeBefore && content.kind === 'table' && !busy) this.#showToken(this.#token, false);
    else await this.#refresh();
  }

  /** Its document was gone when it looked, and may come back. */
  get waitsForDocument(): boolean {
    return this.#source.kind === 'empty' && this.#source.reason === 'document-gone';
  }

  /** Shows another selection: at once, or when the panel comes to the front again. */
  follow(place: SourcePlace): void {
    if (this.panel.visible) void this.inspect(place);
    else this.#missed = place;
  }

  /** Finds its document again after a reload of the window. */
  async restore(): Promise<void> {
    const { place } = this.#state;
    const document = place && (await reopenDocument(place.uri));
    await this.inspect(place && document ? { ...place, version: document.version } : place);
  }

  /** The document changed: what is marked in it is no longer true, and the table is about to follow. */
  outdate(place: SourcePlace): void {
    this.#highlight.clear();
    this.#page.emit('cursor', null);
    this.#update({ stale: true, place });
  }

  /** Marks the tokens that `selection` touches; the selection is in this panel's document. */
  showCursor(selection: { readonly start: number; readonly end: number } | null): void {
    const { place, content, stale } = this.#state;
    if (!selection || !place || stale || content.kind !== 'table') {
      this.#page.emit('cursor', null);
      return;
    }
    const { columns } = content.table;
    this.#page.emit('cursor', tokensAt(columns, selection.start - place.start, selection.end - place.start));
  }

  #catchUp(): void {
    const missed = this.#missed;
    if (!this.panel.visible) {
      this.#highlight.clear();
      return;
    }
    this.#missed = undefined;
    if (missed && !this.pinned && findDocument(missed.uri)?.version === missed.version) void this.inspect(missed);
    else if (this.#state.stale) void this.inspect(this.place);
  }

  async #refresh(): Promise<void> {
    this.#inspecting?.abort();
    this.#predictions.clear();
    const source = this.#source;
    if (source.kind === 'empty') {
      this.#update({ busy: false, content: source });
      return;
    }
    const request = new AbortController();
    this.#inspecting = request;
    const { mode, model, masking, reroll } = this.#state;
    this.#update({ busy: true });
    let content: MaskingContent;
    try {
      const params = mode === 'mask' ? { masking, reroll } : {};
      const table = await this.#services.engine.call(
        'masking.inspect',
        { model, text: source.text, ...params },
        { signal: request.signal },
      );
      content = { kind: 'table', text: source.text, charactersLeftOut: source.leftOut, table };
    } catch (error) {
      if (isCancelledError(error)) return;
      this.#services.log.error(`masking.inspect, ${model}: ${toWireError(error).message}`);
      content = { kind: 'failed', error: toWireError(error) };
    }
    if (this.#inspecting !== request) return;
    this.#update({ busy: false, content });
    this.#showToken(this.#token, false);
  }

  #handlers(): Handlers<MaskingPageContract> {
    const done = async (work: Promise<void> | void) => {
      await work;
      return null;
    };
    const change = (part: Partial<MaskingPageState>) => {
      this.#update(part);
      return done(this.#refresh());
    };
    return {
      state: () => this.#state,
      setModel: ({ model }) => change({ model }),
      browseModel: () => done(this.#browseModel()),
      setMasking: ({ masking }) => change({ masking, reroll: 0 }),
      setMode: ({ mode }) => done(this.inspect(this.#state.place, mode)),
      setReroll: ({ reroll }) => change({ reroll }),
      setPinned: ({ pinned }) => done(this.#update({ pinned })),
      retry: () => done(this.#retry()),
      predict: ({ position }) => done(this.#predict(position)),
      cancelPrediction: () => done(this.#predictions.cancel()),
      copy: ({ format }) => done(this.#withTable((table, text) => copyTable(format, this.#state, table, text))),
      showToken: ({ index, reveal }) => done(this.#showToken(index, reveal)),
      openSource: () => done(this.#openSource()),
      openLog: () => done(this.#services.log.show()),
    };
  }

  #update(part: Partial<MaskingPageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#page.emit('update', part);
  }

  async #withTable(use: (table: MaskingTable, text: string) => Promise<void> | void): Promise<void> {
    const { content } = this.#state;
    if (content.kind === 'table') await use(content.table, content.text);
  }

  #predict(position: number | null): Promise<void> {
    return this.#withTable((table) => this.#predictions.predict(this.#state.model, table, position));
  }

  async #retry(): Promise<void> {
    const { place } = this.#state;
    await this.#listModels();
    // the document may have come or changed meanwhile; without it the text read before still stands
    if (place && findDocument(place.uri)) await this.inspect(place);
    else await this.#refresh();
  }

  async #listModels(): Promise<void> {
    try {
      const models = await listModels(this.#services.engine);
      // the setting may name a model of the Hugging Face cache
      const named = models.find(({ label }) => label === this.#state.model);
      this.#update(named ? { models, model: named.path } : { models });
    } catch (error) {
      this.#services.log.error(`models.list: ${toWireError(error).message}`);
    }
  }

  async #browseModel(): Promise<void> {
    const choice = await browseForModel(this.#services.engine);
    if (!choice) return;
    const { models } = this.#state;
    const known = models.some(({ path }) => path === choice.path);
    this.#update({ model: choice.path, models: known ? models : [...models, choice] });
    await this.#refresh();
  }

  #showToken(index: number | null, reveal: boolean): void {
    this.#token = index;
    const { place, content, stale } = this.#state;
    const document = place && findDocument(place.uri);
    const column = index !== null && content.kind === 'table' ? content.table.columns[index] : undefined;
    if (!column || !document || stale || document.version !== place.version || column.start === column.end) {
      this.#highlight.clear();
    } else {
      const range = rangeOf(document, place.start + column.start, place.start + column.end);
      this.#highlight.show(document, range, reveal);
    }
  }

  async #openSource(): Promise<void> {
    const { place } = this.#state;
    const document = place && (await reopenDocument(place.uri));
    if (!document) return;
    const selection = rangeOf(document, place.start, place.end);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      selection,
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    });
  }
}

/** Such as `Masking: notes.txt`. */
function panelTitle(place: SourcePlace | null, mode: MaskingMode): string {
  const what = mode === 'mask' ? 'Masking' : 'Tokens';
  return place ? `${what}: ${describePlace(place).replace(/, lines? .*$/, '')}` : what;
}
