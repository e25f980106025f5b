// The table of tokens: an ARIA grid, one column a token, that draws only the columns in sight.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type ColumnLayout, layOutColumns, textMeasure } from './column-layout.ts';
import { type CellPlace, moveInGrid } from './grid-keys.ts';
import type { GridRow } from './grid-row.ts';
import type { Part } from './readable.ts';

export interface ColumnHeading {
  /** Below the number: the token's fate in a word; empty where nothing happened. */
  readonly note: string;
  readonly className: string;
}

/** `token-focus` and `token-hover` carry a column's index, or null when none is meant any more. */
export type TokenEvent = CustomEvent<number | null>;

/** Beyond each edge of what is in sight, so that fast scrolling meets no holes. Pixels. */
const OVERSCAN = 400;

export class TokenGrid extends LitElement {
  static override readonly properties = {
    rows: { attribute: false },
    count: { attribute: false },
    subject: { attribute: false },
    heading: { attribute: false },
    marked: { attribute: false },
    label: {},
    active: { state: true },
    hovered: { state: true },
  };

  declare rows: readonly GridRow[];
  declare count: number;
  /** What the columns are about: with another one the grid starts at its beginning. */
  declare subject: string;
  declare heading: (index: number) => ColumnHeading;
  /** Columns under the editor's cursor, both ends included. */
  declare marked: { readonly first: number; readonly last: number } | null;
  declare label: string;
  /** The cell that holds the grid's one tab stop; row 0 is the heading. */
  declare active: CellPlace;
  declare hovered: number | null;

  #layout: ColumnLayout = { edges: new Float64Array(1), at: () => 0 };
  readonly #resized = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.rows = [];
    this.count = 0;
    this.subject = '';
    this.heading = () => ({ note: '', className: '' });
    this.marked = null;
    this.label = '';
    this.active = { row: 1, column: 0 };
    this.hovered = null;
  }

  /** In the page itself, so that the page's style sheet and fonts reach it. */
  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  /** Moves the focus to a column, in the row where it is now. */
  async focusColumn(column: number): Promise<void> {
    await this.#moveTo(this.#clamp({ row: this.active.row, column }));
  }

  /** Scrolls to the first of `columns` unless one of them is in sight. */
  bringIntoSight(columns: readonly number[]): void {
    const [first] = columns;
    const from = this.#scroller()?.scrollLeft ?? 0;
    const [left, right] = [this.#layout.at(from), this.#layout.at(from + this.#viewWidth())];
    if (first !== undefined && !columns.some((column) => column > left && column < right)) this.#scrollTo(first);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') || changed.has('count') || changed.has('heading')) {
      const style = getComputedStyle(this);
      const measure = textMeasure(`${style.fontWeight} ${style.fontSize} ${style.fontFamily}`);
      const longest = (index: number) => {
        const { note } = this.heading(index);
        return note.length > String(index).length ? note : String(index);
      };
      this.#layout = layOutColumns(this.count, this.rows, longest, measure);
      this.active = this.#clamp(this.active);
    }
    if (changed.has('subject')) {
      this.active = this.#clamp({ row: 1, column: 0 });
      this.hovered = null;
      this.#scroller()?.scrollTo({ left: 0 });
    }
    if (changed.has('marked') && this.marked) this.#scrollTo(this.marked.first);
  }

  protected override render(): TemplateResult {
    const columns = this.#columnsToDraw();
    const total = this.#layout.edges[this.count] ?? 0;
    const { marked, hovered } = this;
    return html`<div class="scroller" @scroll=${() => this.requestUpdate()}>
      <div
        class="grid"
        role="grid"
        aria-label=${this.label}
        aria-readonly="true"
        aria-rowcount=${this.rows.length + 1}
        aria-colcount=${this.count + 1}
        .style=${`--columns-width: ${total}px`}
        @keydown=${this.#onKey}
        @pointermove=${this.#onPointer}
        @pointerleave=${() => this.#hover(null)}
        @focusout=${this.#onFocusOut}
      >
        ${this.#headingRow(columns)} ${this.rows.map((row, index) => this.#row(row, index + 1, columns))}
        <div class="bands" role="presentation" aria-hidden="true">
          ${marked ? this.#band('marked', marked.first, marked.last) : nothing}
          ${hovered === null ? nothing : this.#band('hovered', hovered, hovered)}
          ${this.count ? this.#band('active', this.active.column, this.active.column) : nothing}
        </div>
      </div>
    </div>`;
  }

  #headingRow(columns: readonly number[]): TemplateResult {
    return html`<div class="row heading" role="row" aria-rowindex="1">
      <div class="row-header" role="columnheader" aria-colindex="1">Position</div>
      ${repeat(
        columns,
        (column) => column,
        (column) => {
          const { note, className } = this.heading(column);
          return html`<div
            role="columnheader"
            class="cell ${className}"
            aria-colindex=${column + 2}
            .style=${this.#place(column)}
            data-row="0"
            data-column=${column}
            tabindex=${this.#isActive(0, column) ? 0 : -1}
            @focus=${() => this.#activate(0, column)}
            ><span class="number">${column}</span><span class="note">${note}</span></div
          >`;
        },
      )}
    </div>`;
  }

  #row(row: GridRow, rowIndex: number, columns: readonly number[]): TemplateResult {
    return html`<div class="row ${row.key}" role="row" aria-rowindex=${rowIndex + 1}>
      <div class="row-header" role="rowheader" aria-colindex="1">${row.label}</div>
      ${repeat(
        columns,
        (column) => column,
        (column) => {
          const cell = row.cell(column);
          return html`<div
            role="gridcell"
            class="cell ${cell.className}"
            aria-colindex=${column + 2}
            .style=${this.#place(column)}
            data-row=${rowIndex}
            data-column=${column}
            tabindex=${this.#isActive(rowIndex, column) ? 0 : -1}
            @focus=${() => this.#activate(rowIndex, column)}
            ><span class="content">${cell.parts.map(part)}</span>${
              cell.spoken ? html`<span class="visually-hidden">, ${cell.spoken}</span>` : nothing
            }</div
          >`;
        },
      )}
    </div>`;
  }

  #band(className: string, first: number, last: number): TemplateResult {
    const { edges } = this.#layout;
    const left = edges[first] ?? 0;
    const width = (edges[Math.min(last, this.count - 1) + 1] ?? left) - left;
    return html`<div class="band ${className}" .style=${`left: ${left}px; width: ${width}px`}></div>`;
  }

  /** Columns in sight and a little around, and the active one wherever it is: focus must not fall out of the page. */
  #columnsToDraw(): readonly number[] {
    if (this.count === 0) return [];
    const scroller = this.#scroller();
    const from = (scroller?.scrollLeft ?? 0) - OVERSCAN;
    const first = this.#layout.at(from);
    const last = this.#layout.at(from + (scroller?.clientWidth ?? window.innerWidth) + 2 * OVERSCAN);
    const columns = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const { column } = this.active;
    if (column < first) return [column, ...columns];
    return column > last ? [...columns, column] : columns;
  }

  /** As a property (`.style=`) it goes through the CSSOM: the page's policy forbids style attributes. */
  #place(column: number): string {
    const left = this.#layout.edges[column] ?? 0;
    const right = this.#layout.edges[column + 1] ?? left;
    return `left: calc(var(--header-width) + ${left}px); width: ${right - left}px`;
  }

  #isActive(row: number, column: number): boolean {
    return this.active.row === row && this.active.column === column;
  }

  #clamp({ row, column }: CellPlace): CellPlace {
    return {
      row: Math.min(row, this.rows.length),
      column: Math.max(0, Math.min(column, this.count - 1)),
    };
  }

  #activate(row: number, column: number): void {
    this.active = { row, column };
    this.#tell('token-focus', column);
  }

  async #onKey(event: KeyboardEvent): Promise<void> {
    const scroller = this.#scroller();
    if (!scroller) return;
    const page = Math.max(
      1,
      this.#layout.at(scroller.scrollLeft + this.#viewWidth()) - this.#layout.at(scroller.scrollLeft),
    );
    const next = moveInGrid(event, this.active, { rows: this.rows.length, columns: this.count, page });
    if (!next) return;
    event.preventDefault();
    await this.#moveTo(next);
  }

  async #moveTo(next: CellPlace): Promise<void> {
    this.active = next;
    this.#scrollTo(next.column);
    await this.updateComplete;
    const selector = `[data-row="${next.row}"][data-column="${next.column}"]`;
    this.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    this.querySelector(`.row:nth-child(${next.row + 1})`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Scrolls sideways, as little as needed, until the column is in sight. */
  #scrollTo(column: number): void {
    const scroller = this.#scroller();
    if (!scroller) return;
    const left = this.#layout.edges[column] ?? 0;
    const right = this.#layout.edges[column + 1] ?? left;
    const view = this.#viewWidth();
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (right > scroller.scrollLeft + view) scroller.scrollLeft = right - view;
  }

  /** Width beside the sticky row headers. */
  #viewWidth(): number {
    const header = this.querySelector<HTMLElement>('.row-header')?.offsetWidth ?? 0;
    return (this.#scroller()?.clientWidth ?? 0) - header;
  }

  /** Only when the mouse is moved: a new table under a resting one is not pointed at. */
  #onPointer(event: PointerEvent): void {
    if (event.movementX === 0 && event.movementY === 0) return;
    const cell = (event.target as Element).closest<HTMLElement>('[data-column]');
    this.#hover(cell ? Number(cell.dataset.column) : null);
  }

  #hover(index: number | null): void {
    if (index === this.hovered) return;
    this.hovered = index;
    this.#tell('token-hover', index);
  }

  #onFocusOut(event: FocusEvent): void {
    if (!this.contains(event.relatedTarget as Node | null)) this.#tell('token-focus', null);
  }

  #tell(name: 'token-focus' | 'token-hover', detail: number | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }) satisfies TokenEvent);
  }

  #scroller(): HTMLElement | null {
    return this.querySelector('.scroller');
  }
}

function part({ text, mark }: Part): TemplateResult {
  return mark ? html`<span class="mark">${text}</span>` : html`${text}`;
}

customElements.define('token-grid', TokenGrid);
