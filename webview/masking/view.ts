// The masking page from top to bottom: source, arguments, table, the token in focus, predictions, legend.
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { MaskingTable, Prediction } from '../../src/protocol/masking.ts';
import type { MaskingPageState } from '../../src/protocol/masking-page.ts';
import { button, dropdown, progressRing } from '../ui/controls.ts';
import { ArgumentsForm } from './arguments-form.ts';
import { tokenDetails } from './details.ts';
import { drawBar } from './draw-bar.ts';
import { emptyPage, failedPage } from './empty-states.ts';
import type { ColumnHeading, TokenEvent, TokenGrid } from './grid.ts';
import type { GridRow } from './grid-row.ts';
import './grid.ts';
import type { Ask, Host, TableContent } from './host.ts';
import { legend, summarize } from './legend.ts';
import { notices } from './notices.ts';
import { isChosen, tableRows } from './rows.ts';
import { titleBar } from './title-bar.ts';
import { toolBar } from './tools.ts';

/** How the page itself was left: nothing that the host needs to know. */
export interface PageMemory {
  readonly page: { readonly readable?: boolean };
}

interface Drawn {
  /** What rows and heading were made of. */
  readonly of: readonly unknown[];
  readonly rows: readonly GridRow[];
  readonly heading: (index: number) => ColumnHeading;
}

export class MaskingView {
  readonly #ask: Ask;
  readonly #redraw: () => void;
  readonly #grid = createRef<TokenGrid>();
  #form: ArgumentsForm | undefined;
  #readable: boolean;
  /** The text of the table; with another text another token is meant. */
  #text: string | null = null;
  #focused: number | null = null;
  #cursor: { readonly first: number; readonly last: number } | null = null;
  /** Kept while more is being predicted, so that the rows stay. */
  #predictions: readonly Prediction[] = [];
  #drawn: Drawn | undefined;

  constructor(host: Host, memory: PageMemory['page'], redraw: () => void) {
    this.#ask = (method, params) => void host.call(method, params).catch(() => {});
    this.#readable = memory.readable ?? false;
    this.#redraw = redraw;
  }

  get memory(): PageMemory['page'] {
    return { readable: this.#readable };
  }

  accept(state: MaskingPageState): void {
    this.#form ??= new ArgumentsForm(state.masking, this.#redraw, (masking) => this.#ask('setMasking', { masking }));
    this.#form.accept(state.masking);
    const text = state.content.kind === 'table' ? state.content.text : null;
    if (text !== this.#text) this.#focused = null;
    this.#text = text;
    if (state.prediction.kind === 'done') this.#predictions = state.prediction.predictions;
    else if (state.prediction.kind !== 'running' && this.#predictions.length > 0) this.#predictions = [];
  }

  markCursor(cursor: { readonly first: number; readonly last: number } | null): void {
    this.#cursor = cursor;
    this.#redraw();
  }

  render(state: MaskingPageState): TemplateResult {
    const readable = {
      value: this.#readable,
      set: (value: boolean) => {
        this.#readable = value;
        this.#redraw();
      },
    };
    return html`<main aria-busy=${state.busy}>
      ${titleBar(state, readable, this.#ask)} ${this.#arguments(state)} ${this.#content(state)}
      <p class="visually-hidden" role="status">${announcement(state)}</p>
    </main>`;
  }

  #arguments({ models, model, mode }: MaskingPageState): TemplateResult {
    const known = models.some(({ path }) => path === model);
    const choices = models.map(({ path, label }) => ({ value: path, label }));
    if (!known) choices.push({ value: model, label: model.split(/[\\/]/).at(-1) || model });
    const mask = button({
      label: 'Mask',
      icon: 'eye-closed',
      title: 'Inspect Masking for this text',
      onClick: () => this.#ask('setMode', { mode: 'mask' }),
    });
    return html`<section class="arguments" aria-label="Model and arguments">
      <div class="model">
        ${dropdown({
          id: 'model',
          label: 'model',
          value: model,
          choices,
          help: model,
          onChange: (value) => this.#ask('setModel', { model: value }),
        })}
        ${button({ label: 'Browse…', title: 'Choose a model folder', onClick: () => this.#ask('browseModel', null) })}
      </div>
      ${mode === 'mask' ? html`${this.#form?.render()}<p class="stream-help">${this.#form?.streamHelp}</p>` : mask}
    </section>`;
  }

  #content(state: MaskingPageState): TemplateResult {
    const { content } = state;
    switch (content.kind) {
      case 'waiting':
        return html`<p class="waiting late" role="status">${progressRing(content.what)} ${content.what}…</p>`;
      case 'empty':
        return emptyPage(content.reason);
      case 'failed':
        return failedPage(content.error, {
          browse: () => this.#ask('browseModel', null),
          retry: () => this.#ask('retry', null),
          openLog: () => this.#ask('openLog', null),
        });
      case 'table':
        return this.#table(content, state);
    }
  }

  #table(content: TableContent, state: MaskingPageState): TemplateResult {
    const { table } = content;
    const { rows, heading } = this.#draw(table, state);
    const masked = state.mode === 'mask';
    const chosen = table.columns.flatMap(({ fate }, index) => (isChosen(fate) ? [index] : []));
    const focused = this.#focused;
    const goTo = (column: number) => void this.#grid.value?.focusColumn(column);
    const onPredict = () => this.#grid.value?.bringIntoSight(chosen);
    return html`
      ${notices(content)} ${masked ? drawBar({ reroll: state.reroll, chosen, focused, goTo }, this.#ask) : nothing}
      <p class="summary">${summarize(table, masked)}</p>
      <token-grid
        ${ref(this.#grid)}
        class=${state.stale ? 'stale' : ''}
        label=${masked ? 'Masked tokens, one column a token' : 'Tokens, one column a token'}
        .rows=${rows}
        .heading=${heading}
        .count=${table.columns.length}
        .subject=${content.text}
        .marked=${this.#cursor}
        @token-focus=${(event: TokenEvent) => this.#onFocus(event.detail)}
        @token-hover=${(event: TokenEvent) => this.#show(event.detail ?? this.#focused, false)}
      ></token-grid>
      <section class="details" aria-label="Token in focus">${this.#details(content, state)}</section>
      ${toolBar({ state, chosen, focused, onPredict }, this.#ask)} ${masked ? legend(table.maskToken) : nothing}
    `;
  }

  #details({ table, text }: TableContent, { mode }: MaskingPageState): TemplateResult {
    const index = this.#focused;
    if (index === null) return html`<span class="muted">Focus a token to see where it comes from.</span>`;
    const prediction = this.#predictions.find(({ position }) => position === index);
    return tokenDetails({ table, text, index, mode, prediction });
  }

  /** Rows and headings stay the same objects until what they show changes: the grid measures them when they do. */
  #draw(table: MaskingTable, { mode }: MaskingPageState): Drawn {
    const predictions = this.#predictions;
    const of = [table, mode, this.#readable, predictions];
    if (!this.#drawn?.of.every((value, index) => value === of[index])) {
      const rows = tableRows(table, { mode, readable: this.#readable, predictions });
      const heading = (index: number): ColumnHeading => {
        const column = table.columns[index];
        const fate = column?.special ? 'special' : mode === 'mask' ? column?.fate : undefined;
        return fate && fate !== 'kept' ? { note: fate, className: fate } : { note: '', className: '' };
      };
      this.#drawn = { of, rows, heading };
    }
    return this.#drawn;
  }

  /** The token in focus stays in the details when the focus goes elsewhere: to Predict, for example. */
  #onFocus(index: number | null): void {
    if (index !== null) this.#focused = index;
    this.#show(index, index !== null);
    this.#redraw();
  }

  #show(index: number | null, reveal: boolean): void {
    this.#ask('showToken', { index, reveal });
  }
}

/** For screen readers, each time that the table has changed. */
function announcement({ content, mode, reroll, busy }: MaskingPageState): string {
  if (content.kind !== 'table' || busy) return '';
  return `${summarize(content.table, mode === 'mask')}${mode === 'mask' ? ` Draw ${reroll + 1}.` : ''}`;
}
