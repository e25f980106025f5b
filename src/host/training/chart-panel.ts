// One loss chart: follows its source while it can be seen, and tells the page what changed.
import type * as vscode from 'vscode';
import type {
  ChartAction,
  ChartPageContract,
  ChartPageEvents,
  ChartPageState,
  ChartRun,
  ChartSource,
} from '../../protocol/chart-page.ts';
import { type Handlers, toWireError } from '../../protocol/rpc.ts';
import { Lifetime, onEnd } from '../lifetime.ts';
import { logError } from '../log.ts';
import { Page } from '../page.ts';
import type { Services } from '../services.ts';
import { saveExport } from './chart-export.ts';
import { type ChartReader, openSource } from './chart-source.ts';
import type { RunActions } from './run-actions.ts';

export const CHART_VIEW = 'cloze.lossChart';

/** How often a chart that can be seen looks for new entries. Milliseconds. */
const LOOK_EVERY = 1000;

export class ChartPanel extends Lifetime {
  readonly #services: Services;
  readonly #actions: RunActions;
  readonly #page: Page<ChartPageContract, ChartPageEvents>;
  readonly #reader: ChartReader;
  #state: ChartPageState;
  #looking: Promise<void> | undefined;

  /** Takes over `panel`, new or revived, and ends with it. */
  constructor(panel: vscode.WebviewPanel, source: ChartSource, services: Services, actions: RunActions) {
    super();
    this.#services = services;
    this.#actions = actions;
    this.#reader = openSource(source);
    const { title } = this.#reader;
    this.#state = { source, title, content: { kind: 'loading' }, entries: [], run: null };
    panel.title = `Loss: ${title}`;
    const page = { name: 'chart', title: panel.title } as const;
    const { extensionUri } = services.context;
    this.#page = this.register(new Page(panel, page, extensionUri, this.#handlers(), services.log));
    this.register(panel.onDidDispose(() => this.dispose()));
    const timer = setInterval(() => {
      if (panel.visible) void this.look();
    }, LOOK_EVERY);
    this.register(onEnd(() => clearInterval(timer)));
    this.register(panel.onDidChangeViewState(() => void this.look()));
    void this.look();
  }

  get panel(): vscode.WebviewPanel {
    return this.#page.panel;
  }

  get source(): ChartSource {
    return this.#state.source;
  }

  /** Looks at the source now. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const { change, run } = await this.#reader.look();
      if (change) {
        const { from, entries } = change;
        this.#state = { ...this.#state, entries: [...this.#state.entries.slice(0, from), ...entries] };
        this.#page.emit('entries', { from, entries });
      }
      if (this.#state.content.kind !== 'ready') this.#update({ content: { kind: 'ready' } });
      if (!same(run, this.#state.run)) this.#update({ run });
    } catch (error) {
      const content = { kind: 'failed', error: toWireError(error) } as const;
      if (same(content, this.#state.content)) return;
      logError(this.#services.log, `loss chart of ${this.source.path}`, error);
      this.#update({ content });
    }
  }

  #handlers(): Handlers<ChartPageContract> {
    return {
      state: () => this.#state,
      save: async ({ format, content }) => saveExport(this.#state, format, content),
      act: async ({ action }) => {
        await this.#act(action);
        return null;
      },
    };
  }

  async #act(action: ChartAction): Promise<void> {
    const { kind, path } = this.source;
    if (action === 'retry') return this.look();
    if (action === 'openLog') return kind === 'run' ? this.#actions.openLog(path) : this.#services.log.show();
    if (action === 'openFolder') return this.#actions.openFolder(path);
    await this.#actions.request(path, action);
    await this.look();
  }

  #update(part: Partial<ChartPageState>): void {
    this.#state = { ...this.#state, ...part };
    this.#page.emit('update', part);
  }
}

function same(a: ChartRun | null | object, b: ChartRun | null | object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
