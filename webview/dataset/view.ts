// The data set page: what is open, its splits, and the tabs: rows, tokens, problems, a batch, splits side by side.
import { html, nothing, type TemplateResult } from 'lit';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import { sizeText } from '../../src/protocol/file-size.ts';
import { button, dropdown } from '../ui/controls.ts';
import { emptyState, notice } from '../ui/states.ts';
import { tabList } from '../ui/tabs.ts';
import { BatchTab } from './batch-tab.ts';
import { Choices } from './choices.ts';
import { ProblemsTab } from './problems-tab.ts';
import { type DatasetHost, RowsModel } from './rows-model.ts';
import { RowsTab } from './rows-tab.ts';
import { splitsTab } from './splits-tab.ts';
import { TokensTab } from './tokens-tab.ts';
import { waiting } from './waiting.ts';

export interface ViewMemory {
  readonly split: number;
  readonly tab: Tab;
}

const TABS = [
  { id: 'rows', label: 'Rows', icon: 'table' },
  { id: 'tokens', label: 'Tokens', icon: 'graph' },
  { id: 'problems', label: 'Problems', icon: 'warning' },
  { id: 'batch', label: 'Batch', icon: 'layers' },
  { id: 'splits', label: 'Splits', icon: 'split-horizontal' },
] as const;
type Tab = (typeof TABS)[number]['id'];

export class DatasetView {
  #state: DatasetPageState | undefined;
  #split: number;
  #tab: Tab;
  readonly #models = new Map<number, RowsModel>();
  readonly #rowsTab: RowsTab;
  readonly #choices: Choices;
  readonly #tokensTab: TokensTab;
  readonly #problemsTab: ProblemsTab;
  readonly #batchTab: BatchTab;

  constructor(
    private readonly host: DatasetHost,
    memory: Partial<ViewMemory>,
    private readonly changed: () => void,
  ) {
    this.#split = typeof memory.split === 'number' ? memory.split : 0;
    this.#tab = TABS.some(({ id }) => id === memory.tab) ? (memory.tab as Tab) : 'rows';
    this.#rowsTab = new RowsTab(host, changed);
    this.#choices = new Choices(host, changed);
    const showRow = (place: number) => {
      this.#choose('rows');
      void this.#rowsTab.showRow(this.#model(this.#split), place);
    };
    this.#tokensTab = new TokensTab(host, this.#choices, changed, showRow);
    this.#problemsTab = new ProblemsTab(host, this.#choices, changed, showRow);
    this.#batchTab = new BatchTab(host, this.#choices, changed, showRow);
  }

  get memory(): ViewMemory {
    return { split: this.#split, tab: this.#tab };
  }

  accept(state: DatasetPageState): void {
    this.#state = state;
    if (state.splits && this.#split >= state.splits.length) this.#split = 0;
  }

  /** All that was read is out of date. */
  reread(): void {
    for (const model of this.#models.values()) model.dispose();
    this.#models.clear();
    for (const tab of [this.#tokensTab, this.#problemsTab, this.#batchTab]) tab.forget();
    this.changed();
  }

  render(state: DatasetPageState): TemplateResult {
    if (state.error) return this.#failed(state.error);
    if (!state.splits) return html`<p class="opening">${waiting('Opening')}</p>`;
    const model = this.#model(this.#split);
    return html`<main class="dataset">
      ${this.#header(state, model)}
      ${state.changed ? this.#changedNotice() : nothing}
      ${tabList(TABS, this.#tab, (id) => this.#choose(id))}
      <section class="tab" id="panel-${this.#tab}" role="tabpanel" aria-labelledby="tab-${this.#tab}">${this.#content(state, model)}</section>
    </main>`;
  }

  /** The page has been drawn. */
  drawn(): void {
    if (this.#tab === 'rows' && this.#state?.splits && !this.#state.error) this.#rowsTab.drawn();
  }

  #content(state: DatasetPageState, model: RowsModel): TemplateResult {
    if (this.#tab === 'splits') {
      const models = (state.splits ?? []).map((_, split) => this.#model(split));
      return splitsTab(state, models, this.#choices, this.#tokensTab);
    }
    if (model.error && model.columns.length === 0) return this.#failed(model.error);
    if (this.#tab === 'tokens') return this.#tokensTab.render(state, model);
    if (this.#tab === 'problems') return this.#problemsTab.render(state, model);
    if (this.#tab === 'batch') return this.#batchTab.render(state, model);
    return this.#rowsTab.render(model);
  }

  #model(split: number): RowsModel {
    let model = this.#models.get(split);
    if (!model) {
      model = new RowsModel(split, this.host, this.changed, () => this.#rowsTab.reset());
      this.#models.set(split, model);
      // not while the page is being drawn
      queueMicrotask(() => void model?.open());
    }
    return model;
  }

  #header(state: DatasetPageState, model: RowsModel): TemplateResult {
    const { splits } = state;
    const names = splits?.map(({ name }, i) => ({ value: String(i), label: name })) ?? [];
    return html`<header class="dataset-header">
      <h1>${state.title}</h1>
      ${
        names.length > 1
          ? dropdown({
              id: 'split',
              label: 'Split',
              value: String(this.#split),
              choices: names,
              onChange: (value) => {
                this.#split = Number(value);
                this.changed();
              },
            })
          : nothing
      }
      <span class="facts muted">${facts(model)}</span>
      <span class="spring"></span>
      ${button({ label: 'Add Split…', icon: 'add', title: 'Look at another file beside this one, such as the validation rows', onClick: () => void this.host.call('addSplit', null) })}
      ${button({
        label: 'Fine-tune on This',
        icon: 'rocket',
        kind: 'primary',
        onClick: () =>
          void this.host.call('fineTune', {
            split: this.#split,
            column: this.#choices.column(model.columns),
            maxSeqLength: this.#tokensTab.maxSeqLength,
            model: this.#choices.model(state),
          }),
      })}
    </header>`;
  }

  #changedNotice(): TemplateResult {
    return html`<div class="changed">
      ${notice('warning', 'The file has changed since it was read.')}
      ${button({ label: 'Read Again', icon: 'refresh', onClick: () => void this.host.call('reread', null) })}
    </div>`;
  }

  #choose(tab: Tab): void {
    this.#tab = tab;
    this.changed();
  }

  #failed({ message, wayOut }: { message: string; wayOut?: string | undefined }): TemplateResult {
    return emptyState({
      title: 'This data cannot be read',
      icon: 'error',
      error: true,
      text: wayOut ? `${message} ${wayOut}` : message,
      actions: [
        { label: 'Read Again', icon: 'refresh', kind: 'primary', onClick: () => void this.host.call('reread', null) },
        {
          label: 'Open as Text',
          icon: 'file',
          onClick: () => void this.host.call('openAsText', { split: this.#split }),
        },
        { label: 'Show Log', icon: 'output', onClick: () => void this.host.call('showLog', null) },
      ],
    });
  }
}

/** How much there is, and what is being read. */
function facts(model: RowsModel): TemplateResult {
  const parts: (string | TemplateResult)[] = [];
  if (model.total !== null) {
    const inView = model.rows === model.total ? '' : `${model.rows.toLocaleString()} of `;
    parts.push(`${inView}${model.total.toLocaleString()} row${model.total === 1 ? '' : 's'}`);
  } else if (model.columns.length > 0) parts.push(`the first ${model.rows.toLocaleString()} rows`);
  if (model.columns.length > 0) {
    parts.push(`${model.columns.length.toLocaleString()} column${model.columns.length === 1 ? '' : 's'}`);
  }
  if (model.bytes > 0) parts.push(sizeText(model.bytes));
  return html`${parts.map((part, i) => html`${i > 0 ? ' · ' : nothing}${part}`)}`;
}
