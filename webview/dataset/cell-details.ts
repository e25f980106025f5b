// The chosen cell, whole: text with its hidden characters, lists and objects as trees; from here to its masks.
import { html, nothing, type TemplateResult } from 'lit';
import { toWireError, type WireError } from '../../src/protocol/rpc.ts';
import { button, checkbox, iconButton } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { withSymbols } from './cell-text.ts';
import type { DatasetHost, RowsModel } from './rows-model.ts';

/** Characters of a cell that are shown. */
const LIMIT = 200_000;
/** Entries of a list or object that are shown. */
const ENTRIES = 500;

interface Shown {
  readonly place: number;
  readonly column: number;
  readonly text: string | null;
  readonly length: number;
}

export class CellDetails {
  #shown: Shown | null = null;
  #error: WireError | null = null;
  #withSymbols = false;
  /** Cells asked for so far: only the last one is shown. */
  #asked = 0;

  constructor(
    private readonly host: DatasetHost,
    private readonly changed: () => void,
  ) {}

  get isOpen(): boolean {
    return this.#shown !== null || this.#error !== null;
  }

  close(): void {
    this.#asked++;
    this.#shown = null;
    this.#error = null;
    this.changed();
  }

  async show(model: RowsModel, place: number, column: number): Promise<void> {
    const asked = ++this.#asked;
    try {
      const { split } = model;
      if (model.total === null) return;
      const cell = await this.host.call('cell', { split, place, column, limit: LIMIT });
      // answers may overtake each other
      if (asked !== this.#asked) return;
      this.#shown = { place, column, ...cell };
      this.#error = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#error = toWireError(error);
    }
    this.changed();
  }

  render(model: RowsModel): TemplateResult | typeof nothing {
    if (this.#error) return html`<aside class="details">${notice('error', this.#error.message)}</aside>`;
    const shown = this.#shown;
    if (!shown) return nothing;
    const column = model.columns[shown.column];
    if (!column) return nothing;
    const canMask = column.type === 'string' && shown.text !== null && shown.text.trim() !== '';
    return html`<aside class="details" aria-label="Cell">
      <div class="details-head">
        <h2>${column.name}</h2>
        <span class="muted">row ${(shown.place + 1).toLocaleString()} · ${column.type}${shown.text === null ? '' : ` · ${shown.length.toLocaleString()} character${shown.length === 1 ? '' : 's'}`}</span>
        <span class="spring"></span>
        ${checkbox({
          label: 'Invisible characters',
          checked: this.#withSymbols,
          onChange: (checked) => {
            this.#withSymbols = checked;
            this.changed();
          },
        })}
        ${
          canMask
            ? button({
                label: 'Inspect Masking',
                icon: 'eye-closed',
                title: 'Show this text as the model sees it',
                onClick: () =>
                  void this.host.call('inspectRow', { split: model.split, place: shown.place, column: column.name }),
              })
            : nothing
        }
        ${button({ label: 'Copy', icon: 'copy', disabled: shown.text === null, onClick: () => void this.host.call('copy', { text: shown.text ?? '', what: 'cell' }) })}
        ${iconButton({ label: 'Close', icon: 'close', onClick: () => this.close() })}
      </div>
      <div class="details-body" tabindex="0" role="region" aria-label="Value">${this.#value(shown, column.type)}</div>
      ${shown.length > LIMIT ? notice('info', `The first ${LIMIT.toLocaleString()} characters are shown.`) : nothing}
    </aside>`;
  }

  #value({ text, length }: Shown, type: string): TemplateResult {
    if (text === null) return html`<span class="null">null</span>`;
    if (text === '') return html`<span class="empty">empty</span>`;
    if ((type === 'list' || type === 'struct' || type === 'mixed') && length <= LIMIT) {
      try {
        return html`<div class="tree">${tree(JSON.parse(text), 0)}</div>`;
      } catch {
        // a text that is no JSON is shown as it is
      }
    }
    return html`<pre>${this.#withSymbols ? withSymbols(text).replace(/↵/g, '↵\n') : text}</pre>`;
  }
}

function tree(value: unknown, depth: number): TemplateResult {
  if (typeof value !== 'object' || value === null) {
    return html`<span class=${value === null ? 'null' : `json-${typeof value}`}>${JSON.stringify(value)}</span>`;
  }
  const entries = Object.entries(value);
  const what = Array.isArray(value) ? `list of ${entries.length.toLocaleString()}` : `${entries.length} fields`;
  return html`<details ?open=${depth < 2}>
    <summary class="muted">${what}</summary>
    <ul>
      ${entries.slice(0, ENTRIES).map(([key, part]) => html`<li><span class="key">${key}</span>: ${tree(part, depth + 1)}</li>`)}
      ${entries.length > ENTRIES ? html`<li class="muted">and ${(entries.length - ENTRIES).toLocaleString()} more</li>` : nothing}
    </ul>
  </details>`;
}
