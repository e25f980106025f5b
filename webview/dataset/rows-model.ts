// What the page knows of a split: its columns, the rows in view, the pages that were fetched, its columns' figures.
import {
  type DatasetCell,
  type DatasetColumn,
  type DatasetProgress,
  type DatasetSummary,
  type DatasetView,
  WHOLE_VIEW,
} from '../../src/protocol/dataset.ts';
import type { DatasetPageContract, DatasetPageEvents } from '../../src/protocol/dataset-page.ts';
import { type Client, isCancelledError, toWireError, type WireError } from '../../src/protocol/rpc.ts';

export type DatasetHost = Client<DatasetPageContract, DatasetPageEvents>;

/** Rows of a page that is fetched, and pages that are kept. */
const PAGE = 100;
const KEPT = 60;
/** Rows that are shown before all are at hand. */
const FIRST = 100;

export interface RowCells {
  /** Where the row is in the data set, counted from 0. */
  readonly place: number;
  readonly cells: ReadonlyMap<number, DatasetCell>;
}

export class RowsModel {
  columns: readonly DatasetColumn[] = [];
  bytes = 0;
  /** null until all rows are at hand. */
  total: number | null = null;
  badRows = 0;
  view: DatasetView = WHOLE_VIEW;
  /** Rows in view. */
  rows = 0;
  progress: DatasetProgress | null = null;
  /** Why the rows cannot be shown. */
  error: WireError | null = null;
  /** Why the view asked for last cannot be had; the one before is still shown. */
  viewError: WireError | null = null;
  busy = false;
  readonly summaries = new Map<number, DatasetSummary | WireError>();
  readonly #pages = new Map<string, Promise<readonly RowCells[]>>();
  #opening: AbortController | undefined;
  #viewing: AbortController | undefined;
  #summing: AbortController | undefined;
  #first: readonly RowCells[] = [];
  /** Columns whose figures were asked for, in that order. */
  readonly #wanted: number[] = [];
  #isSumming = false;

  /** `changed`: something to draw is new. `reset`: other rows than before. */
  constructor(
    readonly split: number,
    private readonly host: DatasetHost,
    private readonly changed: () => void,
    private readonly reset: () => void,
  ) {}

  /** Shows the first rows, then brings all within reach. */
  async open(): Promise<void> {
    const controller = new AbortController();
    this.#opening = controller;
    const { signal } = controller;
    this.error = null;
    this.progress = { share: null, doing: 'Opening' };
    this.changed();
    try {
      const { split } = this;
      const start = await this.host.call('start', { split, rows: FIRST }, { signal });
      this.columns = start.columns;
      this.bytes = start.bytes;
      this.#first = start.cells.map((cells, place) => ({ place, cells: new Map(cells.entries()) }));
      this.rows = this.#first.length;
      this.reset();
      const onProgress = (progress: DatasetProgress) => {
        this.progress = progress;
        this.changed();
      };
      const ready = await this.host.call('open', { split }, { signal, onProgress });
      this.columns = ready.columns;
      this.total = ready.rows;
      this.rows = ready.rows;
      this.badRows = ready.badRows;
      this.#pages.clear();
      this.progress = null;
      this.reset();
      void this.#sumUp();
    } catch (error) {
      this.progress = null;
      if (!isCancelledError(error)) this.error = toWireError(error);
      this.changed();
    }
  }

  /** Stops reading; the first rows stay. */
  cancel(): void {
    this.#opening?.abort();
    this.progress = null;
    this.changed();
  }

  /** Shows other rows, or the same in another order. What cannot be had leaves those that are shown. */
  async show(view: DatasetView): Promise<void> {
    this.#viewing?.abort();
    const controller = new AbortController();
    this.#viewing = controller;
    const { signal } = controller;
    this.busy = true;
    this.viewError = null;
    this.changed();
    try {
      const rows = await this.host.call('count', { split: this.split, view }, { signal });
      const sameRows = JSON.stringify({ ...view, sort: null }) === JSON.stringify({ ...this.view, sort: null });
      this.view = view;
      this.rows = rows;
      this.#pages.clear();
      if (!sameRows) {
        this.summaries.clear();
        this.#summing?.abort();
      }
      this.busy = false;
      this.reset();
      void this.#sumUp();
    } catch (error) {
      if (isCancelledError(error)) return;
      this.busy = false;
      this.viewError = toWireError(error);
      this.changed();
    }
  }

  /** Rows `from` to `to` (without it) of the view, with these columns. */
  async slice(from: number, to: number, columns: readonly number[]): Promise<readonly RowCells[]> {
    if (this.total === null) return this.#first.slice(from, to);
    const rows: RowCells[] = [];
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
      const fetched = await this.#page(page, columns);
      rows.push(...fetched.slice(Math.max(0, from - page * PAGE), to - page * PAGE));
    }
    return rows;
  }

  /** Asks for a column's figures, if they are not there. */
  want(column: number): void {
    if (this.total === null || this.summaries.has(column) || this.#wanted.includes(column)) return;
    this.#wanted.push(column);
    void this.#sumUp();
  }

  dispose(): void {
    for (const controller of [this.#opening, this.#viewing, this.#summing]) controller?.abort();
  }

  #page(page: number, columns: readonly number[]): Promise<readonly RowCells[]> {
    const key = `${page} ${columns.join(',')}`;
    const kept = this.#pages.get(key);
    this.#pages.delete(key);
    const fetched = kept ?? this.#fetch(page, columns);
    this.#pages.set(key, fetched);
    fetched.catch(() => this.#pages.delete(key));
    for (const old of [...this.#pages.keys()].slice(0, -KEPT)) this.#pages.delete(old);
    return fetched;
  }

  async #fetch(page: number, columns: readonly number[]): Promise<readonly RowCells[]> {
    const { split, view } = this;
    const { rows, cells } = await this.host.call('page', { split, view, from: page * PAGE, count: PAGE, columns });
    return rows.map((place, i) => ({
      place,
      cells: new Map((cells[i] ?? []).map((cell, at) => [columns[at] as number, cell])),
    }));
  }

  /** One column after the other, so that pages do not wait behind them. */
  async #sumUp(): Promise<void> {
    if (this.#isSumming || this.total === null) return;
    this.#isSumming = true;
    try {
      for (let column = this.#wanted.shift(); column !== undefined; column = this.#wanted.shift()) {
        if (!this.summaries.has(column)) await this.#sumUpColumn(column);
      }
    } finally {
      this.#isSumming = false;
    }
  }

  async #sumUpColumn(column: number): Promise<void> {
    const { split, view } = this;
    const controller = new AbortController();
    this.#summing = controller;
    try {
      const summary = await this.host.call('summary', { split, view, column }, { signal: controller.signal });
      this.summaries.set(column, summary);
    } catch (error) {
      if (isCancelledError(error)) return;
      this.summaries.set(column, toWireError(error));
    }
    this.changed();
  }
}
