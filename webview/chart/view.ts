// The chart page: how the run stands, the controls, the plot with its readout, the log history beside it.
import { html, nothing, type TemplateResult } from 'lit';
import type {
  ChartAction,
  ChartPageContract,
  ChartPageEvents,
  ChartPageState,
  ExportFormat,
} from '../../src/protocol/chart-page.ts';
import { availableAxes, type ChartEntry, type ChartView } from '../../src/protocol/loss-series.ts';
import type { Client } from '../../src/protocol/rpc.ts';
import { isLive } from '../../src/protocol/run-text.ts';
import { button, checkbox, dropdown, icon, progressRing } from '../ui/controls.ts';
import { emptyState, notice } from '../ui/states.ts';
import { exportChart } from './export.ts';
import { LogTable } from './log-table.ts';
import { LossPlot } from './plot.ts';
import { type PlotModel, plotModel } from './plot-model.ts';
import { readout, rowInWords, summaryInWords } from './readout.ts';
import { chartHeader } from './status.ts';
import { onThemeChange } from './theme-colors.ts';

export type ChartHost = Client<ChartPageContract, ChartPageEvents>;

const FORMATS: readonly ExportFormat[] = ['png', 'svg', 'csv', 'json'];

export class ChartPage {
  readonly #host: ChartHost;
  readonly #redraw: () => void;
  readonly #table: LogTable;
  #view: ChartView;
  #plot: LossPlot | null = null;
  #model: PlotModel = { rows: [], lines: [], notOnLogAxis: 0 };
  #of: readonly unknown[] = [];
  #cursor: number | null = null;
  #spoken = '';
  #zoomed = false;
  #failure: string | null = null;
  /** What the plot drew last. */
  #shown: PlotModel | undefined;

  constructor(host: ChartHost, view: ChartView, redraw: () => void) {
    this.#host = host;
    this.#view = view;
    this.#redraw = redraw;
    this.#table = new LogTable({ redraw, choose: (entry) => this.#choose(entry) });
    onThemeChange(() => {
      this.#plot?.rebuild();
      this.#plot?.setCursor(this.#cursor);
      redraw();
    });
  }

  get view(): ChartView {
    return this.#view;
  }

  render(state: ChartPageState): TemplateResult {
    const view = this.#usableView(state.entries);
    const of = [state.entries, JSON.stringify(view)];
    if (of.some((part, i) => part !== this.#of[i])) {
      this.#of = of;
      this.#model = plotModel(state.entries, view);
      if (this.#cursor !== null && this.#cursor >= this.#model.rows.length) this.#cursor = null;
    }
    return html`<main>${chartHeader(state, (action) => this.#act(action))} ${this.#content(state, view)}</main>`;
  }

  /** Draws what lit does not: the canvas, and scroll positions. */
  drawn(state: ChartPageState): void {
    const box = document.querySelector<HTMLElement>('.plot');
    if (!box) {
      this.#plot?.dispose();
      this.#plot = null;
      return;
    }
    if (!this.#plot) {
      this.#plot = new LossPlot(box, {
        cursor: (row) => this.#moveTo(row),
        zoom: (zoomed) => {
          this.#zoomed = zoomed;
          this.#redraw();
        },
      });
      this.#shown = undefined;
    }
    if (this.#shown !== this.#model) {
      this.#shown = this.#model;
      this.#plot.show(this.#model, this.#usableView(state.entries));
      // the legend's colours come from the plot
      this.#redraw();
    }
    const table = tableBox();
    if (table) this.#table.drawn(table);
  }

  #content(state: ChartPageState, view: ChartView): TemplateResult {
    const { content, entries, run } = state;
    if (content.kind === 'loading') {
      return html`<p class="waiting late" role="status">${progressRing('Reading the log history')} Reading the log history…</p>`;
    }
    if (content.kind === 'failed' && entries.length === 0) return this.#failed(state);
    if (this.#model.lines.length === 0) {
      if (entries.length > 0) return this.#noLosses(entries);
      return run && isLive(run.state) ? waiting(run.firstEntry) : nothingLogged(state, (action) => this.#act(action));
    }
    return html`
      ${content.kind === 'failed' ? notice('error', content.error.message) : nothing} ${this.#tools(state, view)}
      <div class="panes">
        <section class="chart" aria-label="Loss chart">
          ${this.#legend(view)} ${this.#notices(view)} ${this.#frame(entries, view)}
        </section>
        <section class="history" aria-label="Log history">
          <h2>Log history <span class="muted">${entries.length.toLocaleString('en-US')} entries</span></h2>
          ${this.#table.render(entries, this.#markedEntries(), tableBox())}
        </section>
      </div>
    `;
  }

  #tools(state: ChartPageState, view: ChartView): TemplateResult {
    const axes = availableAxes(state.entries);
    return html`<div class="tools" role="toolbar" aria-label="Chart">
      ${dropdown({
        id: 'axis',
        label: 'Against',
        value: view.axis,
        choices: axes.map((axis) => ({ value: axis, label: axis === 'epoch' ? 'Epoch' : 'Step' })),
        onChange: (value) => this.#change({ axis: value === 'step' ? 'step' : 'epoch' }),
      })}
      <label class="smoothing" title="Weight of the past in a moving average of the training loss, as in TensorBoard. The raw line stays behind it.">
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          .value=${String(view.smoothing)}
          aria-valuetext=${view.smoothing === 0 ? 'off' : view.smoothing.toFixed(2)}
          @input=${(event: Event) => this.#change({ smoothing: Number((event.target as HTMLInputElement).value) })}
        />
        <output>${view.smoothing === 0 ? 'off' : view.smoothing.toFixed(2)}</output>
      </label>
      ${checkbox({ label: 'Log scale', checked: view.log, onChange: (log) => this.#change({ log }) })}
      ${this.#zoomed ? button({ label: 'Reset zoom', icon: 'zoom-out', onClick: () => this.#plot?.resetZoom() }) : nothing}
      <span class="spring"></span>
      <span class="exports" role="group" aria-label="Save as">
        <span class="muted">${icon('save')} Save as</span>
        ${FORMATS.map((format) =>
          button({
            label: format.toUpperCase(),
            title: format === 'csv' || format === 'json' ? 'Save the log history' : 'Save the chart as a picture',
            onClick: () => void this.#save(format, state, view),
          }),
        )}
      </span>
    </div>`;
  }

  #legend({ smoothing }: ChartView): TemplateResult {
    return html`<ul class="legend">
      ${this.#model.lines.map((line) => {
        const color = this.#plot?.colorOf(line) ?? 'currentColor';
        return html`<li>
          <span class="swatch ${line.kind}" aria-hidden="true" .style=${`--line: ${color}`}></span>${line.label}${
            line.smooth && smoothing > 0 ? html` <span class="muted">(smoothed; raw behind)</span>` : nothing
          }
        </li>`;
      })}
    </ul>`;
  }

  #notices({ log }: ChartView): TemplateResult {
    const broken = this.#model.lines.reduce((sum, line) => sum + line.broken.length, 0);
    const hidden = this.#model.notOnLogAxis;
    return html`
      ${broken > 0 ? notice('warning', `${broken} logged ${broken === 1 ? 'loss is' : 'losses are'} not a finite number (NaN or infinite): marked × at the axis.`) : nothing}
      ${log && hidden > 0 ? notice('info', `${hidden} ${hidden === 1 ? 'value' : 'values'} of 0 or below cannot be shown on a log scale.`) : nothing}
    `;
  }

  #frame(entries: readonly ChartEntry[], view: ChartView): TemplateResult {
    return html`<div
        class="plot-frame"
        tabindex="0"
        role="application"
        aria-roledescription="chart"
        aria-label=${summaryInWords(this.#model, view)}
        aria-describedby="chart-keys"
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, entries)}
        @blur=${() => this.#leave()}
      >
        <div class="plot"></div>
        ${this.#tooltip(entries, view)}
      </div>
      <p class="visually-hidden" id="chart-keys">
        Left and right arrow keys move along the points, Page Up and Page Down by ten, Home and End to the ends, B to the
        best validation loss.
      </p>
      <p class="visually-hidden" role="status" aria-live="polite">${this.#spoken}</p>
      ${this.#failure ? notice('error', this.#failure) : nothing}`;
  }

  #tooltip(entries: readonly ChartEntry[], view: ChartView): TemplateResult | typeof nothing {
    const row = this.#cursor;
    const left = row === null ? null : (this.#plot?.leftOf(row) ?? null);
    if (row === null || left === null) return nothing;
    const width = document.querySelector('.plot')?.clientWidth ?? 0;
    const side = left > width / 2 ? `right: ${Math.round(width - left + 14)}px` : `left: ${Math.round(left + 14)}px`;
    return html`<div class="tooltip" aria-hidden="true" .style=${side}>
      ${readout(this.#model, row, entries, view, (line) => this.#plot?.colorOf(line) ?? 'currentColor')}
    </div>`;
  }

  #markedEntries(): readonly number[] {
    return this.#cursor === null ? [] : (this.#model.rows[this.#cursor]?.entries ?? []);
  }

  #failed({ content }: ChartPageState): TemplateResult {
    const { message, wayOut } = content.kind === 'failed' ? content.error : { message: '', wayOut: '' };
    return emptyState({
      error: true,
      icon: 'error',
      title: 'The losses cannot be shown',
      text: [message, wayOut].filter(Boolean).join(' '),
      actions: [
        { label: 'Try Again', kind: 'primary', onClick: () => this.#act('retry') },
        { label: 'Open Log', onClick: () => this.#act('openLog') },
      ],
    });
  }

  #noLosses(entries: readonly ChartEntry[]): TemplateResult {
    return html`${emptyState({
      icon: 'graph-line',
      title: 'No losses in this log history',
      text: 'Its entries hold neither loss nor eval_loss.',
    })}
      <section class="history alone">${this.#table.render(entries, [], tableBox())}</section>`;
  }

  /** Epoch or step, whichever the entries have. */
  #usableView(entries: readonly ChartEntry[]): ChartView {
    const axes = availableAxes(entries);
    const [only] = axes;
    return only && !axes.includes(this.#view.axis) ? { ...this.#view, axis: only } : this.#view;
  }

  #change(part: Partial<ChartView>): void {
    this.#view = { ...this.#view, ...part };
    this.#redraw();
  }

  #onKey(event: KeyboardEvent, entries: readonly ChartEntry[]): void {
    const last = this.#model.rows.length - 1;
    const best = this.#model.lines.find(({ kind }) => kind === 'validation')?.best ?? null;
    const now = this.#cursor;
    const by = (step: number) => (now === null ? (step > 0 ? 0 : last) : Math.min(last, Math.max(0, now + step)));
    const moves: Readonly<Record<string, () => number | null>> = {
      ArrowRight: () => by(1),
      ArrowLeft: () => by(-1),
      PageDown: () => by(10),
      PageUp: () => by(-10),
      Home: () => 0,
      End: () => last,
      b: () => best,
      B: () => best,
      Escape: () => null,
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (!move || last < 0) return;
    event.preventDefault();
    this.#moveTo(move());
    this.#plot?.setCursor(this.#cursor);
    this.#spoken = this.#cursor === null ? '' : rowInWords(this.#model, this.#cursor, entries);
    this.#redraw();
  }

  #choose(entry: number): void {
    const row = this.#model.rows.findIndex(({ entries }) => entries.includes(entry));
    if (row < 0) return;
    this.#moveTo(row);
    this.#plot?.setCursor(row);
  }

  #moveTo(row: number | null): void {
    if (row === this.#cursor) return;
    this.#cursor = row;
    const entry = row === null ? undefined : this.#model.rows[row]?.entries[0];
    const table = tableBox();
    if (table && entry !== undefined) this.#table.reveal(table, entry);
    this.#redraw();
  }

  #leave(): void {
    this.#plot?.setCursor(null);
    this.#moveTo(null);
  }

  async #save(format: ExportFormat, state: ChartPageState, view: ChartView): Promise<void> {
    this.#failure = null;
    try {
      await this.#host.call('save', { format, content: await exportChart(format, state, view) });
    } catch (error) {
      this.#failure = `Could not save: ${error instanceof Error ? error.message : error}`;
    }
    this.#redraw();
  }

  /** Failures come back as part of the state or as messages of the host. */
  #act(action: ChartAction): void {
    this.#host.call('act', { action }).catch(() => {});
  }
}

function tableBox(): HTMLElement | null {
  return document.querySelector<HTMLElement>('.log-table');
}

function waiting(firstEntry: string): TemplateResult {
  return emptyState({ icon: 'graph-line', title: 'Nothing logged yet', text: firstEntry });
}

function nothingLogged({ run }: ChartPageState, act: (action: ChartAction) => void): TemplateResult {
  return emptyState({
    icon: 'graph-line',
    title: run ? 'This run logged nothing' : 'The log history is empty',
    text: run ? 'It ended before its first entry was due. Its log says what it did.' : undefined,
    actions: run ? [{ label: 'Open Log', onClick: () => act('openLog') }] : [],
  });
}
