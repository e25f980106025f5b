// A table of any length that draws only the rows in sight: sorted by its headers, walked by the keyboard.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../ui/controls.ts';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  readonly help?: string;
  readonly numeric?: boolean;
  /** What it is sorted by; absent: it is not. Null comes last. */
  readonly sortBy?: (row: Row) => number | string | null;
  readonly cell: (row: Row) => TemplateResult | string;
  readonly title?: (row: Row) => string;
}

export interface TableOptions<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly key: (row: Row) => string | number;
  readonly onSelect?: (row: Row) => void;
  readonly sort?: Sort;
}

export interface Sort {
  readonly column: string;
  readonly falling: boolean;
}

/** Height of a row in pixels, as in model.css. */
const ROW = 26;
const SPARE = 8;

export class VirtualTable<Row> {
  readonly #options: TableOptions<Row>;
  readonly #redraw: () => void;
  readonly #box: string;
  #sort: Sort | null;
  #top = 0;
  #height = 400;
  #selected: string | number | null = null;
  #focus = false;
  #shown: readonly Row[] = [];
  #of: readonly unknown[] = [];

  /** `id`: unique in the page. */
  constructor(id: string, options: TableOptions<Row>, redraw: () => void) {
    this.#box = id;
    this.#options = options;
    this.#redraw = redraw;
    this.#sort = options.sort ?? null;
  }

  get selected(): string | number | null {
    return this.#selected;
  }

  select(key: string | number | null): void {
    this.#selected = key;
  }

  /** `rows`: another list object when something changed; `version` too, where rows show what is elsewhere. */
  render(rows: readonly Row[], version: unknown = null): TemplateResult {
    this.#arrange(rows, version);
    const { columns, label, key } = this.#options;
    const shown = this.#shown;
    const from = Math.max(0, Math.min(shown.length, Math.floor(this.#top / ROW) - SPARE));
    const to = Math.min(shown.length, Math.ceil((this.#top + this.#height) / ROW) + SPARE);
    const slice = shown.slice(from, to).map((row, i) => ({ row, index: from + i }));
    const stop = shown.findIndex((row) => key(row) === this.#selected);
    return html`<div id=${this.#box} class="virtual" @scroll=${() => this.#measure()}>
      <table role="grid" aria-label=${label} aria-readonly="true" aria-rowcount=${shown.length + 1} @keydown=${(event: KeyboardEvent) => this.#key(event)}>
        <thead>
          <tr aria-rowindex="1">${columns.map((column) => this.#head(column))}</tr>
        </thead>
        <tbody>
          ${space(from, columns.length)}
          ${repeat(
            slice,
            ({ row }) => key(row),
            ({ row, index }) => {
              const chosen = key(row) === this.#selected;
              const isStop = stop < 0 ? index === from : chosen;
              return html`<tr
                aria-rowindex=${index + 2}
                aria-selected=${String(chosen)}
                data-index=${index}
                tabindex=${isStop ? 0 : -1}
                @click=${() => this.#choose(index, false)}
                @focus=${() => (this.#selected === null ? this.#choose(index, false) : undefined)}
              >
                ${columns.map(
                  (column) =>
                    html`<td role="gridcell" class=${column.numeric ? 'numeric' : ''} title=${column.title?.(row) || nothing}>${column.cell(row)}</td>`,
                )}
              </tr>`;
            },
          )}
          ${space(shown.length - to, columns.length)}
        </tbody>
      </table>
    </div>`;
  }

  /** The page has been drawn: measures, and moves the focus where a key led. */
  drawn(): void {
    const box = this.#element();
    if (!box) return;
    if (Math.abs(box.clientHeight - this.#height) > ROW) this.#measure();
    if (!this.#focus) return;
    this.#focus = false;
    const index = this.#index();
    const top = index * ROW;
    const visible = box.clientHeight - 2 * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + visible) box.scrollTop = top - visible;
    const row = box.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
    if (row) row.focus({ preventScroll: true });
    else {
      this.#focus = true;
      this.#measure();
    }
  }

  /** Brings the selected row into sight. */
  reveal(): void {
    const box = this.#element();
    const index = this.#index();
    if (box && index >= 0) box.scrollTop = Math.max(0, index * ROW - box.clientHeight / 2);
    this.#measure();
  }

  #head(column: Column<Row>): TemplateResult {
    const { id, label, help, sortBy, numeric } = column;
    if (!sortBy) return html`<th scope="col" title=${help ?? nothing}>${label}</th>`;
    const sorted = this.#sort?.column === id ? this.#sort : null;
    const direction = sorted ? (sorted.falling ? 'descending' : 'ascending') : 'none';
    return html`<th scope="col" class=${numeric ? 'numeric' : ''} aria-sort=${direction}>
      <button type="button" title=${help ?? nothing} @click=${() => this.#sortBy(column)}>
        ${label}${sorted ? icon(sorted.falling ? 'arrow-down' : 'arrow-up') : nothing}
      </button>
    </th>`;
  }

  /** First as a reader looks for it (numbers falling, names rising), then the other way round, then as in the file. */
  #sortBy({ id, numeric }: Column<Row>): void {
    const first = numeric ?? false;
    const { column, falling } = this.#sort ?? {};
    if (column !== id) this.#sort = { column: id, falling: first };
    else this.#sort = falling === first ? { column: id, falling: !first } : null;
    this.#of = [];
    this.#redraw();
  }

  #arrange(rows: readonly Row[], version: unknown): void {
    const of = [rows, version];
    if (of.every((part, i) => part === this.#of[i]) && this.#of.length > 0) return;
    this.#of = of;
    const column = this.#options.columns.find(({ id }) => id === this.#sort?.column);
    const sortBy = column?.sortBy;
    if (!sortBy) {
      this.#shown = rows;
      return;
    }
    const sign = this.#sort?.falling ? -1 : 1;
    const keyed = rows.map((row) => ({ row, key: sortBy(row) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      if (typeof a.key === 'string') return sign * collator.compare(a.key, String(b.key));
      return sign * (a.key - Number(b.key));
    });
    this.#shown = keyed.map(({ row }) => row);
  }

  #choose(index: number, focus: boolean): void {
    const row = this.#shown[Math.max(0, Math.min(index, this.#shown.length - 1))];
    if (row === undefined) return;
    this.#selected = this.#options.key(row);
    this.#focus = focus;
    this.#options.onSelect?.(row);
    this.#redraw();
  }

  #key(event: KeyboardEvent): void {
    if (!(event.target as HTMLElement).matches('tr')) return;
    const page = Math.max(1, Math.floor(this.#height / ROW) - 2);
    const at = this.#index();
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#shown.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(to, true);
  }

  #index(): number {
    return this.#shown.findIndex((row) => this.#options.key(row) === this.#selected);
  }

  #measure(): void {
    const box = this.#element();
    if (!box) return;
    this.#top = box.scrollTop;
    this.#height = Math.max(box.clientHeight, ROW);
    this.#redraw();
  }

  #element(): HTMLElement | null {
    return document.getElementById(this.#box);
  }
}

/** Stands for `rows` rows that are not drawn. */
function space(rows: number, columns: number): TemplateResult | typeof nothing {
  if (rows <= 0) return nothing;
  return html`<tr class="space" aria-hidden="true"><td colspan=${columns} .style=${`height: ${rows * ROW}px`}></td></tr>`;
}

/** layer.2 before layer.10. */
const collator = new Intl.Collator('en', { numeric: true });
