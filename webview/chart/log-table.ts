// The log history as a table that draws only the rows in sight, so that any length scrolls.
import { html, nothing, type TemplateResult } from 'lit';
import { cellText, logColumns } from '../../src/protocol/log-table.ts';
import type { ChartEntry } from '../../src/protocol/loss-series.ts';

/** Height of a row in pixels, as in chart.css. */
const ROW = 24;
/** Rows drawn beyond each edge of what is in sight. */
const SPARE = 10;

export interface TableEvents {
  /** An entry was clicked. */
  choose(entry: number): void;
  redraw(): void;
}

export class LogTable {
  readonly #events: TableEvents;
  #top = 0;
  #height = 600;
  #columns: { readonly of: readonly ChartEntry[]; readonly names: readonly string[] } | undefined;
  #atEnd = true;

  constructor(events: TableEvents) {
    this.#events = events;
  }

  /** `marked`: the entries under the chart's cursor; `box`: the table as it was drawn last. */
  render(entries: readonly ChartEntry[], marked: readonly number[], box: HTMLElement | null): TemplateResult {
    if (box) this.#measure(box);
    if (this.#columns?.of !== entries) this.#columns = { of: entries, names: logColumns(entries) };
    const { names } = this.#columns;
    const from = Math.max(0, Math.floor(this.#top / ROW) - SPARE);
    const to = Math.min(entries.length, Math.ceil((this.#top + this.#height) / ROW) + SPARE);
    return html`<div
      class="log-table"
      role="region"
      tabindex="0"
      aria-label="Log history, ${entries.length} entries"
      @scroll=${(event: Event) => this.#scrolled(event.currentTarget as HTMLElement)}
    >
      <table aria-rowcount=${entries.length + 1}>
        <thead>
          <tr aria-rowindex="1">
            ${names.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${space(from, names.length)}
          ${entries.slice(from, to).map((entry, i) => {
            const index = from + i;
            return html`<tr
              aria-rowindex=${index + 2}
              class=${marked.includes(index) ? 'marked' : ''}
              @click=${() => this.#events.choose(index)}
            >
              ${names.map((name) => html`<td title=${entry[name] ?? nothing}>${cellText(name, entry[name])}</td>`)}
            </tr>`;
          })}
          ${space(entries.length - to, names.length)}
        </tbody>
      </table>
    </div>`;
  }

  /** Stays at the newest entry when it was there before. */
  drawn(box: HTMLElement): void {
    if (this.#atEnd && box.scrollTop + box.clientHeight < box.scrollHeight - 1) box.scrollTop = box.scrollHeight;
    if (box.clientHeight > this.#height) this.#scrolled(box);
  }

  /** Brings an entry into sight. */
  reveal(box: HTMLElement, entry: number): void {
    const top = entry * ROW;
    const visible = box.clientHeight - ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + visible) box.scrollTop = top + ROW - visible;
  }

  #scrolled(box: HTMLElement): void {
    this.#measure(box);
    this.#events.redraw();
  }

  #measure(box: HTMLElement): void {
    this.#top = box.scrollTop;
    this.#height = Math.max(box.clientHeight, ROW);
    this.#atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - ROW;
  }
}

/** Stands for `rows` rows that are not drawn. */
function space(rows: number, columns: number): TemplateResult | typeof nothing {
  if (rows <= 0) return nothing;
  return html`<tr class="space" aria-hidden="true"><td colspan=${columns} .style=${`height: ${rows * ROW}px`}></td></tr>`;
}
