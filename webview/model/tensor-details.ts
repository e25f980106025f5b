// One tensor up close: its histogram, its numbers, and for the word embedding the tokens near a token.
import { html, nothing, type TemplateResult } from 'lit';
import { sizeText } from '../../src/protocol/file-size.ts';
import type {
  ModelOutline,
  NearToken,
  TensorOutline,
  TensorSlice,
  TensorStatistics,
} from '../../src/protocol/model.ts';
import { toWireError, type WireError } from '../../src/protocol/rpc.ts';
import { button, iconButton, textField } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { largeHistogram } from './histogram.ts';
import type { ModelHost } from './host.ts';
import { elements, shapeText, short } from './text.ts';

export interface DetailsOf {
  readonly outline: ModelOutline;
  readonly index: number;
  readonly tensor: TensorOutline;
  readonly statistics: TensorStatistics | undefined;
  readonly close: () => void;
}

const FIELDS = ['row', 'rows', 'column', 'columns'] as const;
type Field = (typeof FIELDS)[number];
const START: Readonly<Record<Field, string>> = { row: '0', rows: '8', column: '0', columns: '8' };

export class TensorDetails {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  #index: number | null = null;
  #window = START;
  #slice: TensorSlice | null = null;
  #error: WireError | null = null;
  #token = '';
  #near: readonly NearToken[] | null = null;
  #nearError: WireError | null = null;
  #searching = false;

  constructor(host: ModelHost, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
  }

  show(index: number): void {
    if (index === this.#index) return;
    this.forget();
    this.#index = index;
    void this.#read();
  }

  forget(): void {
    this.#index = null;
    this.#window = START;
    this.#slice = null;
    this.#error = null;
    this.#near = null;
    this.#nearError = null;
  }

  render({ outline, tensor, statistics, close }: DetailsOf): TemplateResult {
    const { name, shape, dtype, bytes } = tensor;
    return html`<aside class="tensor" aria-label="Tensor ${name}">
      <header>
        <h2 class="mono">${name}</h2>
        ${iconButton({ label: 'Close', icon: 'close', onClick: close })}
      </header>
      <p class="muted">${shapeText(shape)} ${dtype}, ${elements(shape).toLocaleString('en-US')} numbers, ${sizeText(bytes)}</p>
      ${statistics ? this.#numbers(statistics, name) : html`<p class="muted">Not read yet.</p>`}
      ${name === outline.embedding ? this.#nearest() : nothing}
      <h3>Numbers</h3>
      ${this.#error ? notice('error', this.#error.message) : nothing} ${this.#slice ? this.#values(this.#slice) : nothing}
    </aside>`;
  }

  #numbers(statistics: TensorStatistics, name: string): TemplateResult {
    const { min, max, mean, std, zeros, nan, inf, histogram, failed } = statistics;
    if (failed) return notice('error', failed);
    const list = { min, max, mean, std, zeros, NaN: nan, '∞': inf };
    return html`
      ${histogram ? largeHistogram(histogram, name) : nothing}
      <dl class="numbers">
        ${Object.entries(list).map(([label, value]) => html`<div><dt>${label}</dt><dd title=${String(value ?? '')}>${value === null ? '–' : short(value)}</dd></div>`)}
      </dl>
    `;
  }

  #values(slice: TensorSlice): TemplateResult {
    const { row, column, values, allRows, allColumns, columns } = slice;
    const limits: Readonly<Record<Field, string>> = {
      row: `0 to ${allRows - 1}`,
      rows: `1 to ${allRows}`,
      column: `0 to ${allColumns - 1}`,
      columns: `1 to ${allColumns}`,
    };
    return html`
      <div class="window">
        ${FIELDS.map((field) =>
          textField({
            id: `window-${field}`,
            label: { row: 'From row', rows: 'Rows', column: 'From column', columns: 'Columns' }[field],
            value: this.#window[field],
            size: 6,
            numeric: true,
            help: limits[field],
            onInput: (value) => {
              this.#window = { ...this.#window, [field]: value };
              void this.#read();
            },
          }),
        )}
      </div>
      <div class="values-scroll" tabindex="0" role="region" aria-label="Numbers of the tensor">
        <table class="values mono">
          <thead>
            <tr><td></td>${Array.from({ length: columns }, (_, i) => html`<th scope="col">${column + i}</th>`)}</tr>
          </thead>
          <tbody>
            ${values.map((line, i) => html`<tr><th scope="row">${row + i}</th>${line.map((value) => html`<td title=${String(value)}>${short(value)}</td>`)}</tr>`)}
          </tbody>
        </table>
      </div>
    `;
  }

  #nearest(): TemplateResult {
    return html`<section class="nearest" aria-label="Nearest tokens">
      <h3>Nearest tokens</h3>
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.#search();
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void this.#search();
        }}
      >
        ${textField({
          id: 'near-token',
          label: 'Token or id',
          value: this.#token,
          size: 16,
          help: 'A token of the vocabulary, or its id',
          onInput: (value) => {
            this.#token = value;
          },
        })}
        ${button({ label: 'Find', icon: 'search', disabled: this.#searching, onClick: () => void this.#search() })}
      </form>
      ${this.#nearError ? notice('error', `${this.#nearError.message} ${this.#nearError.wayOut ?? ''}`) : nothing}
      ${
        this.#near
          ? html`<table class="plain">
              <thead><tr><th scope="col">Token</th><th scope="col" class="numeric">Id</th><th scope="col" class="numeric">Cosine</th><th><span class="visually-hidden">Bar</span></th></tr></thead>
              <tbody>
                ${this.#near.map(
                  ({ id, token, cosine }) =>
                    html`<tr><td class="mono">${token}</td><td class="numeric">${id}</td><td class="numeric">${cosine.toFixed(3)}</td><td class="bar-cell"><span class="bar" .style=${`width: ${100 * Math.max(0, cosine)}%`}></span></td></tr>`,
                )}
              </tbody>
            </table>`
          : nothing
      }
    </section>`;
  }

  async #read(): Promise<void> {
    const index = this.#index;
    if (index === null) return;
    const of = (field: Field, most: number) => Math.min(most, Number.parseInt(this.#window[field], 10) || 0);
    const window = {
      row: of('row', Number.MAX_SAFE_INTEGER),
      column: of('column', Number.MAX_SAFE_INTEGER),
      rows: Math.max(1, of('rows', 100)),
      columns: Math.max(1, of('columns', 100)),
    };
    try {
      const slice = await this.#host.call('slice', { index, window });
      if (index !== this.#index) return;
      this.#slice = slice;
      this.#error = null;
    } catch (error) {
      if (index === this.#index) this.#error = toWireError(error);
    }
    this.#redraw();
  }

  async #search(): Promise<void> {
    const index = this.#index;
    const token = this.#token.trim();
    if (index === null || token === '' || this.#searching) return;
    this.#searching = true;
    this.#redraw();
    try {
      this.#near = await this.#host.call('nearest', { index, token, count: 12 });
      this.#nearError = null;
    } catch (error) {
      this.#near = null;
      this.#nearError = toWireError(error);
    }
    this.#searching = false;
    this.#redraw();
  }
}
