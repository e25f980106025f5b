// The table of rows: regular-table draws what is in sight, this adds headers, the focused cell and the keys.
import 'regular-table';
import { render } from 'lit';
import type { RegularTableElement } from 'regular-table/dist/esm/regular-table.js';
import type { DataResponse } from 'regular-table/dist/esm/types.js';
import type { DatasetCell } from '../../src/protocol/dataset.ts';
import { shownCell } from './cell-text.ts';
import { columnHead } from './column-head.ts';
import type { RowCells, RowsModel } from './rows-model.ts';

export interface GridPlace {
  /** Row of the view and column of the data set, counted from 0. */
  readonly row: number;
  readonly column: number;
}

export interface GridEvents {
  /** A cell was chosen; `open`: to be seen whole. */
  onCell(place: GridPlace, row: RowCells, open: boolean): void;
  onSort(column: number): void;
  onFilter(column: number): void;
  onCopy(text: string): void;
}

/** Rows by which Page Up and Page Down move when the height is not known. */
const SCREEN = 20;
/** Pixels, as dataset.css has it. */
const ROW_HEIGHT = 22;

export class Grid {
  readonly element: RegularTableElement;
  showHidden = false;
  #model: RowsModel;
  /** Columns in sight, by their places in the data set. */
  #columns: readonly number[] = [];
  #focus: GridPlace = { row: 0, column: 0 };
  #hasFocus = false;
  readonly #heads = new Map<number, HTMLElement>();
  #inSight = { y0: 0, y1: SCREEN, x0: 0, x1: 0 };
  #rows = new Map<number, RowCells>();
  /** Turns of the wheel that do not make a pixel yet. */
  #turned = 0;

  constructor(
    model: RowsModel,
    private readonly events: GridEvents,
  ) {
    this.#model = model;
    this.element = document.createElement('regular-table') as RegularTableElement;
    this.element.setDataListener((x0, y0, x1, y1) => this.#slice(x0, y0, x1, y1), { virtual_mode: 'both' });
    this.element.addStyleListener(() => this.#style());
    this.element.addEventListener('click', (event) => this.#click(event, false));
    this.element.addEventListener('dblclick', (event) => this.#click(event, true));
    this.element.addEventListener('keydown', (event) => {
      if ((event.target as HTMLElement).closest('td')) this.#key(event);
    });
    // between two drawings the focused cell may be gone: keys then arrive at the page
    document.addEventListener('keydown', (event) => {
      if (event.target === document.body && this.#hasFocus && this.element.isConnected) this.#key(event);
    });
    this.element.addEventListener('focusin', () => {
      this.#hasFocus = true;
    });
    this.element.addEventListener('focusout', (event) => {
      // a cell that is drawn anew loses the focus without another element gaining it
      if (event.relatedTarget) this.#hasFocus = false;
    });
    this.element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, capture: true });
    // the table learns of its own height only by being drawn again
    new ResizeObserver(() => void this.draw()).observe(this.element);
  }

  /** Shows another split, or other columns of it. */
  show(model: RowsModel, columns: readonly number[]): void {
    const isOther = model !== this.#model || columns.join() !== this.#columns.join();
    this.#model = model;
    this.#columns = columns;
    if (!isOther) return;
    this.#heads.clear();
    this.#focus = { row: 0, column: columns[0] ?? 0 };
    this.element.resetAutoSize?.({ auto: true, override: true, indices: true, row_height: false });
    this.reset();
  }

  /** Other rows than before: from the top. */
  reset(): void {
    this.#focus = { ...this.#focus, row: 0 };
    this.element.scrollTop = 0;
    void this.draw();
  }

  async draw(): Promise<void> {
    if (!this.element.isConnected || this.#columns.length === 0) return;
    await this.element.draw({ invalid_viewport: true });
  }

  /** Draws the headers anew, whose figures have come. */
  drawHeads(): void {
    for (const [column] of this.#heads) this.#head(column);
  }

  get focus(): GridPlace {
    return this.#focus;
  }

  /** Moves to a row of the view, in the middle of what is in sight, and puts the focus there. */
  async goTo(row: number): Promise<void> {
    this.#focus = { ...this.#focus, row };
    this.#hasFocus = true;
    const height = Math.max(1, this.#inSight.y1 - this.#inSight.y0);
    await this.#scrollTo(null, Math.max(0, row - Math.floor(height / 2)));
  }

  /**
   * Brings row `y` of the view to the top, and column `x` of those shown to the left. Elements have a largest height: with
   * many rows a pixel stands for several, and the table's own scrollToCell, which counts in pixels, ends at the wrong ones.
   */
  async #scrollTo(x: number | null, y: number): Promise<void> {
    const { element } = this;
    if (x !== null) await element.scrollToCell(x, 0);
    const inSight = Math.max(1, this.#inSight.y1 - this.#inSight.y0);
    const share = Math.min(1, y / Math.max(1, this.#model.rows - inSight));
    element.scrollTop = Math.round(share * (element.scrollHeight - element.clientHeight));
    await new Promise(requestAnimationFrame);
    await element.flush();
    await this.draw();
  }

  /** Where a pixel of the scroll bar stands for several rows, the wheel turns by rows all the same. */
  #wheel(event: WheelEvent): void {
    const { element } = this;
    const pixels = (element.scrollHeight - element.clientHeight) / Math.max(1, this.#model.rows);
    if (pixels > ROW_HEIGHT / 2 || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#turned += (event.deltaY / ROW_HEIGHT) * pixels;
    const whole = Math.trunc(this.#turned);
    this.#turned -= whole;
    element.scrollTop += whole;
  }

  async #slice(x0: number, y0: number, x1: number, y1: number): Promise<DataResponse> {
    const columns = this.#columns.slice(x0, x1);
    const rows = y1 > y0 ? await this.#model.slice(y0, y1, columns) : [];
    this.#rows = new Map(rows.map((row, i) => [y0 + i, row]));
    for (const column of columns) this.#model.want(column);
    return {
      num_rows: this.#model.rows,
      num_columns: this.#columns.length,
      // also without a row: widths are kept by the place of a column
      num_row_headers: 1,
      // elements are drawn as they are, though the types do not tell
      column_headers: columns.map((column) => [this.#head(column)]) as unknown as string[][],
      row_headers: rows.map(({ place }) => [(place + 1).toLocaleString()]),
      data: columns.map((column) => rows.map(({ cells }) => this.#text(cells.get(column)))),
    };
  }

  #text(cell: DatasetCell | undefined): string {
    return shownCell(cell, this.showHidden).text;
  }

  #head(column: number): HTMLElement {
    let element = this.#heads.get(column);
    if (!element) {
      element = document.createElement('div');
      this.#heads.set(column, element);
    }
    const described = this.#model.columns[column];
    if (!described) return element;
    render(
      columnHead({
        column: described,
        summary: this.#model.summaries.get(column),
        order: this.#order(column),
        waits: this.#model.total === null,
        onSort: () => this.events.onSort(column),
        onFilter: () => this.events.onFilter(column),
      }),
      element,
    );
    return element;
  }

  #order(column: number): 'ascending' | 'descending' | 'none' {
    const { sort } = this.#model.view;
    if (!sort || sort.column !== this.#model.columns[column]?.name) return 'none';
    return sort.descending ? 'descending' : 'ascending';
  }

  /** Roles, kinds of cells and the focus, after each drawing. */
  #style(): void {
    const table = this.element.querySelector('table');
    if (!table) return;
    table.setAttribute('role', 'grid');
    table.setAttribute('aria-label', 'Rows');
    table.setAttribute('aria-rowcount', String(this.#model.rows + 1));
    table.setAttribute('aria-colcount', String(this.#columns.length + 1));
    for (const th of table.querySelectorAll<HTMLElement>('thead th')) {
      const meta = this.element.getMeta(th);
      const column = meta?.type === 'column_header' ? this.#columns[meta.x] : undefined;
      th.setAttribute('role', 'columnheader');
      if (column === undefined) {
        th.setAttribute('aria-label', 'Row number');
        continue;
      }
      th.setAttribute('aria-sort', this.#order(column));
    }
    let focused: HTMLElement | undefined;
    for (const td of table.querySelectorAll<HTMLElement>('tbody td')) {
      const meta = this.element.getMeta(td);
      if (meta?.type !== 'body') continue;
      this.#inSight = { y0: meta.y0, y1: meta.y1, x0: meta.x0, x1: meta.x1 };
      const column = this.#columns[meta.x] as number;
      const shown = shownCell(this.#rows.get(meta.y)?.cells.get(column), this.showHidden);
      const type = this.#model.columns[column]?.type ?? '';
      td.className = `${shown.kind === 'value' ? '' : shown.kind} ${/int|float/.test(type) ? 'number' : ''}`.trim();
      td.setAttribute('role', 'gridcell');
      td.parentElement?.setAttribute('aria-rowindex', String(meta.y + 2));
      const isFocus = meta.y === this.#focus.row && column === this.#focus.column;
      td.tabIndex = isFocus ? 0 : -1;
      td.classList.toggle('focused', isFocus);
      if (isFocus) focused = td;
    }
    if (focused && this.#hasFocus && document.activeElement !== focused) focused.focus({ preventScroll: true });
    else if (!focused) table.querySelector<HTMLElement>('tbody td')?.setAttribute('tabindex', '0');
  }

  #click(event: Event, open: boolean): void {
    const td = (event.target as HTMLElement).closest('td');
    const meta = td ? this.element.getMeta(td) : undefined;
    if (meta?.type !== 'body') return;
    this.#focus = { row: meta.y, column: this.#columns[meta.x] as number };
    this.#hasFocus = true;
    this.#style();
    this.#tell(open);
  }

  #tell(open: boolean): void {
    const row = this.#rows.get(this.#focus.row);
    if (row) this.events.onCell(this.#focus, row, open);
  }

  #key(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && !getSelection()?.toString()) {
      const cell = this.#rows.get(this.#focus.row)?.cells.get(this.#focus.column);
      if (cell !== undefined) this.events.onCopy(cell === null ? '' : typeof cell === 'string' ? cell : cell.cut);
      return;
    }
    const isEnd = event.ctrlKey || event.metaKey;
    const page = Math.max(1, this.#inSight.y1 - this.#inSight.y0 - 2);
    const at = this.#columns.indexOf(this.#focus.column);
    const last = { row: this.#model.rows - 1, at: this.#columns.length - 1 };
    const moves: Record<string, readonly [row: number, at: number]> = {
      ArrowDown: [this.#focus.row + 1, at],
      ArrowUp: [this.#focus.row - 1, at],
      ArrowLeft: [this.#focus.row, at - 1],
      ArrowRight: [this.#focus.row, at + 1],
      PageDown: [this.#focus.row + page, at],
      PageUp: [this.#focus.row - page, at],
      Home: isEnd ? [0, 0] : [this.#focus.row, 0],
      End: isEnd ? [last.row, last.at] : [this.#focus.row, last.at],
    };
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#tell(true);
      return;
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const row = Math.min(last.row, Math.max(0, move[0]));
    const column = this.#columns[Math.min(last.at, Math.max(0, move[1]))] as number;
    void this.#moveTo({ row, column });
  }

  async #moveTo(place: GridPlace): Promise<void> {
    this.#focus = place;
    const at = this.#columns.indexOf(place.column);
    const { x0, x1, y0, y1 } = this.#inSight;
    const height = Math.max(1, y1 - y0);
    const isInSight = place.row >= y0 && place.row < y1 - 1 && at >= x0 && at < x1;
    if (isInSight) this.#style();
    else {
      const y = place.row < y0 ? place.row : place.row >= y1 - 1 ? Math.max(0, place.row - height + 2) : y0;
      await this.#scrollTo(at < x0 || at >= x1 - 1 ? at : null, y);
      this.#style();
    }
    this.#tell(false);
  }
}
