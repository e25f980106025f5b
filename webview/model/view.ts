// The model's page from top to bottom: what it is, whether it works here, and the tabs.
import { html, nothing, type TemplateResult } from 'lit';
import type { Check } from '../../src/protocol/model.ts';
import type { ModelPageState } from '../../src/protocol/model-page.ts';
import { button, progressRing } from '../ui/controls.ts';
import { emptyState, notice } from '../ui/states.ts';
import { tabList } from '../ui/tabs.ts';
import { CompareTab } from './compare-tab.ts';
import { graphTab } from './graph-tab.ts';
import type { ModelHost } from './host.ts';
import { PredictTab } from './predict-tab.ts';
import { checks, facts } from './summary.ts';
import { TensorsTab } from './tensors-tab.ts';
import { plural } from './text.ts';

export interface ViewMemory {
  readonly tab: TabId;
  /** The module in sight. */
  readonly module: string;
  readonly sentence: string | null;
}

const TABS = [
  { id: 'tensors', label: 'Tensors', icon: 'list-flat' },
  { id: 'graph', label: 'Graph', icon: 'type-hierarchy' },
  { id: 'predict', label: 'Predict', icon: 'sparkle' },
  { id: 'compare', label: 'Compare', icon: 'diff' },
] as const;
type TabId = (typeof TABS)[number]['id'];

export class ModelView {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  readonly #tensors: TensorsTab;
  readonly #predict: PredictTab;
  readonly #compare: CompareTab;
  #tab: TabId;
  #state: ModelPageState | undefined;

  constructor(host: ModelHost, memory: Partial<ViewMemory>, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#tab = TABS.find(({ id }) => id === memory.tab)?.id ?? 'tensors';
    this.#tensors = new TensorsTab(host, typeof memory.module === 'string' ? memory.module : '', redraw);
    this.#predict = new PredictTab(host, typeof memory.sentence === 'string' ? memory.sentence : null, redraw);
    this.#compare = new CompareTab(host, redraw);
  }

  get memory(): ViewMemory {
    return { tab: this.#tab, module: this.#tensors.module, sentence: this.#predict.sentence };
  }

  compareWith(other: string): void {
    this.#compare.choose(other);
    this.#choose('compare');
  }

  render(state: ModelPageState): TemplateResult {
    if (state.outline !== this.#state?.outline) {
      this.#compare.forget();
      this.#predict.forget();
    }
    // asked for before the page was there
    if (this.#state === undefined && state.other) this.compareWith(state.other);
    this.#state = state;
    if (state.error) return this.#failed(state);
    const { outline } = state;
    if (!outline) {
      return html`<p class="opening late" role="status">${progressRing('Reading the headers')} Reading the headers of ${state.title}…</p>`;
    }
    const found = notFinite(state);
    const tab = this.#tabs(state).some(({ id }) => id === this.#tab) ? this.#tab : 'tensors';
    return html`<main class="model">
      <header class="model-header">
        <h1 title=${state.path}>${state.title}</h1>
        <span class="spring"></span>
        ${
          outline.folder === state.path
            ? nothing
            : button({
                label: 'Open Model Folder',
                icon: 'folder',
                title: outline.folder,
                onClick: () => void this.#host.call('openFolder', null),
              })
        }
        ${button({ label: 'Compare With…', icon: 'diff', onClick: () => this.#compareWith() })}
      </header>
      ${facts(outline)} ${checks(outline, found)}
      ${
        state.changed
          ? html`<div class="changed">${notice('warning', 'Files of this model have changed since they were read.')}
              ${button({ label: 'Read Again', icon: 'refresh', onClick: () => void this.#host.call('reread', null) })}</div>`
          : nothing
      }
      ${tabList(this.#tabs(state), tab, (id) => this.#choose(id))}
      <section class="tab" id="panel-${tab}" role="tabpanel" aria-labelledby="tab-${tab}">${this.#content(state, tab)}</section>
      <p class="visually-hidden" role="status">${announcement(state)}</p>
    </main>`;
  }

  /** The page has been drawn. */
  drawn(): void {
    if (!this.#state?.outline) return;
    this.#tensors.drawn();
    this.#compare.drawn();
  }

  #content(state: ModelPageState, tab: TabId): TemplateResult {
    if (tab === 'graph' && state.outline?.onnx) return graphTab(state.outline.onnx);
    if (tab === 'predict') return this.#predict.render(state);
    if (tab === 'compare') return this.#compare.render(state);
    return this.#tensors.render(state);
  }

  #tabs({ outline }: ModelPageState): readonly (typeof TABS)[number][] {
    return TABS.filter(({ id }) => {
      if (id === 'graph') return Boolean(outline?.onnx);
      return id === 'predict' ? outline?.kind === 'safetensors' : true;
    });
  }

  #choose(tab: TabId): void {
    this.#tab = tab;
    this.#redraw();
  }

  async #compareWith(): Promise<void> {
    const other = await this.#host.call('browse', null);
    if (other) this.compareWith(other);
  }

  #failed({ error, title }: ModelPageState): TemplateResult {
    const { message = '', wayOut } = error ?? {};
    return emptyState({
      title: `${title} cannot be read`,
      icon: 'error',
      error: true,
      text: wayOut ? `${message} ${wayOut}` : message,
      actions: [
        { label: 'Read Again', icon: 'refresh', kind: 'primary', onClick: () => void this.#host.call('reread', null) },
        { label: 'Show Log', icon: 'output', onClick: () => void this.#host.call('showLog', null) },
      ],
    });
  }
}

/** Tensors whose numbers are wrong. */
function notFinite({ outline, statistics }: ModelPageState): readonly Check[] {
  const name = (index: number) => outline?.tensors[index]?.name ?? '';
  const failed = statistics.flatMap(({ index, failed: why }): Check[] =>
    why ? [{ severity: 'error', text: `${name(index)} could not be read: ${why}` }] : [],
  );
  const bad = statistics.filter(({ nan, inf }) => nan + inf > 0);
  const texts = bad.slice(0, SHOWN).map(
    ({ index, nan, inf }): Check => ({
      severity: 'warning',
      text: `${name(index)} holds ${nan.toLocaleString('en-US')} NaN and ${inf.toLocaleString('en-US')} infinite numbers.`,
    }),
  );
  const more = bad.length - texts.length;
  if (more > 0)
    texts.push({ severity: 'warning', text: `${plural(more, 'more tensor')} with NaN or infinite numbers.` });
  return [...failed.slice(0, SHOWN), ...texts];
}

const SHOWN = 5;

/** For screen readers: the end of the reading. */
function announcement({ outline, reading, statistics }: ModelPageState): string {
  if (!outline || reading !== null || statistics.length < outline.tensors.length) return '';
  return `All ${plural(outline.tensors.length, 'tensor')} read.`;
}
