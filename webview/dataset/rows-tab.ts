// The rows: search, filters, columns, export, the table, and the cell that is chosen.
import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { ColumnFilter, DatasetBadRow, DatasetExport, DatasetView } from '../../src/protocol/dataset.ts';
import { isWhole, WHOLE_VIEW } from '../../src/protocol/dataset.ts';
import { toWireError } from '../../src/protocol/rpc.ts';
import { button, checkbox, iconButton, textField } from '../ui/controls.ts';
import { emptyState, notice } from '../ui/states.ts';
import { CellDetails } from './cell-details.ts';
import { filterForm, filterLabel } from './filter-form.ts';
import { Grid, type GridPlace } from './grid.ts';
import type { DatasetHost, RowCells, RowsModel } from './rows-model.ts';
import { readingBar, waiting } from './waiting.ts';

const FORMATS: readonly { readonly format: DatasetExport; readonly label: string }[] = [
  { format: 'jsonl', label: 'JSON Lines' },
  { format: 'csv', label: 'CSV' },
  { format: 'parquet', label: 'Parquet' },
];

/** Milliseconds after the last key stroke that a search begins. */
const PAUSE = 300;
const BAD_ROWS = 200;

export class RowsTab {
  #model: RowsModel | undefined;
  #grid: Grid | undefined;
  readonly #details: CellDetails;
  /** Columns that are not shown, by split. */
  readonly #hidden = new Map<number, Set<number>>();
  #open: 'columns' | 'filter' | 'bad' | 'export' | null = null;
  #filterColumn: number | null = null;
  #search = '';
  #condition = '';
  #goTo = '';
  #goToError: string | undefined;
  #exported: string | null = null;
  #badRows: readonly DatasetBadRow[] | null = null;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: DatasetHost,
    private readonly changed: () => void,
  ) {
    this.#details = new CellDetails(host, changed);
  }

  /** The rows shown are others than before. */
  reset(): void {
    this.#grid?.reset();
    this.changed();
  }

  render(model: RowsModel): TemplateResult {
    if (model !== this.#model) this.#adopt(model);
    return html`
      ${this.#toolbar(model)}
      ${readingBar(model)}
      ${model.error ? this.#readError(model) : nothing}
      ${model.viewError ? notice('error', [model.viewError.message, model.viewError.wayOut].filter(Boolean).join(' ')) : nothing}
      ${this.#chips(model)} ${this.#open === 'columns' ? this.#columnList(model) : nothing}
      ${this.#open === 'bad' ? this.#badList() : nothing}
      ${this.#open === 'export' ? this.#exportChoices(model) : nothing}
      ${this.#open === 'filter' ? this.#filterForm(model) : nothing}
      ${this.#exported ? notice('info', this.#exported) : nothing}
      <div class="grid-and-details">
        <div class="grid-place" ${ref((element) => this.#place(element as HTMLElement | undefined, model))}></div>
        ${model.rows === 0 && model.total !== null ? this.#noRows(model) : nothing}
        ${this.#details.render(model)}
      </div>
    `;
  }

  drawn(): void {
    const model = this.#model;
    if (!model || !this.#grid) return;
    this.#grid.show(model, this.#columns(model));
    this.#grid.drawHeads();
  }

  #adopt(model: RowsModel): void {
    this.#model = model;
    this.#search = model.view.search;
    this.#condition = model.view.condition;
    this.#open = null;
    this.#badRows = null;
    this.#exported = null;
    this.#details.close();
  }

  #columns(model: RowsModel): number[] {
    const hidden = this.#hidden.get(model.split);
    return [...model.columns.keys()].filter((column) => !hidden?.has(column));
  }

  /** The table is made once: it keeps its own place in the page. */
  #place(element: HTMLElement | undefined, model: RowsModel): void {
    if (!element) return;
    this.#grid ??= new Grid(model, {
      onCell: (place, row, open) => this.#choose(place, row, open),
      onSort: (column) => this.#sort(column),
      onFilter: (column) => {
        this.#filterColumn = column;
        this.#open = 'filter';
        this.changed();
      },
      onCopy: (text) => void this.host.call('copy', { text, what: 'cell' }),
    });
    if (this.#grid.element.parentElement !== element) {
      element.replaceChildren(this.#grid.element);
      void this.#grid.draw();
    }
  }

  #choose(place: GridPlace, row: RowCells, open: boolean): void {
    if (!this.#model || (!open && !this.#details.isOpen)) return;
    void this.#details.show(this.#model, row.place, place.column);
  }

  #toolbar(model: RowsModel): TemplateResult {
    const waits = model.total === null;
    return html`<div class="toolbar" role="group" aria-label="Search, filter and export">
      ${textField({ id: 'search', label: 'Search', value: this.#search, placeholder: 'text in any column', size: 18, disabled: waits, onInput: (value) => this.#type({ search: value }) })}
      ${textField({ id: 'condition', label: 'Condition (SQL)', value: this.#condition, placeholder: 'length(text) > 200', size: 24, disabled: waits, help: "A condition over the columns, as in SQL: length(text) > 200 AND label = 'news'", onInput: (value) => this.#type({ condition: value }) })}
      ${textField({ id: 'go-to', label: 'Go to row', value: this.#goTo, size: 9, numeric: true, disabled: waits, error: this.#goToError, onInput: (value) => void this.#go(value) })}
      ${button({ label: 'Filter', icon: 'filter', disabled: waits, onClick: () => this.#toggle('filter') })}
      ${button({ label: this.#columnsLabel(model), icon: 'list-selection', onClick: () => this.#toggle('columns') })}
      ${iconButton({ label: 'Show invisible characters', icon: 'whitespace', pressed: this.#grid?.showHidden ?? false, onClick: () => this.#showHidden() })}
      ${model.busy ? waiting('Looking for rows') : nothing}
      <span class="spring"></span>
      ${model.badRows > 0 ? button({ label: `${model.badRows.toLocaleString()} bad row${model.badRows === 1 ? '' : 's'}`, icon: 'warning', title: 'Lines that are no rows, and why', onClick: () => void this.#showBad() }) : nothing}
      ${button({ label: 'Export', icon: 'export', disabled: waits, title: 'Save the rows and columns that are shown', onClick: () => this.#toggle('export') })}
    </div>`;
  }

  #columnsLabel(model: RowsModel): string {
    const shown = this.#columns(model).length;
    return shown === model.columns.length ? 'Columns' : `${shown} of ${model.columns.length} columns`;
  }

  #toggle(what: 'columns' | 'filter' | 'export'): void {
    this.#open = this.#open === what ? null : what;
    this.#filterColumn = null;
    this.changed();
  }

  #showHidden(): void {
    if (!this.#grid) return;
    this.#grid.showHidden = !this.#grid.showHidden;
    void this.#grid.draw();
    this.changed();
  }

  #type(part: { search?: string; condition?: string }): void {
    if (part.search !== undefined) this.#search = part.search;
    if (part.condition !== undefined) this.#condition = part.condition;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#apply({ search: this.#search, condition: this.#condition }), PAUSE);
    this.changed();
  }

  #apply(part: Partial<DatasetView>): void {
    if (!this.#model) return;
    this.#exported = null;
    void this.#model.show({ ...this.#model.view, ...part });
  }

  /** The file's order, ascending, descending, and the file's order again. */
  #sort(column: number): void {
    const model = this.#model;
    const name = model?.columns[column]?.name;
    if (!model || name === undefined) return;
    const { sort } = model.view;
    if (sort?.column !== name) this.#apply({ sort: { column: name, descending: false } });
    else this.#apply({ sort: sort.descending ? null : { column: name, descending: true } });
  }

  #chips(model: RowsModel): TemplateResult | typeof nothing {
    const { filters } = model.view;
    if (filters.length === 0) return nothing;
    return html`<div class="chips" role="group" aria-label="Filters">
      ${filters.map((filter, i) =>
        button({
          label: filterLabel(filter),
          icon: 'close',
          title: 'Remove this filter',
          onClick: () => this.#apply({ filters: filters.filter((_, at) => at !== i) }),
        }),
      )}
    </div>`;
  }

  #filterForm(model: RowsModel): TemplateResult {
    const first = this.#filterColumn ?? this.#columns(model)[0] ?? 0;
    return filterForm(model.columns, first, {
      onAdd: (filter: ColumnFilter) => {
        this.#open = null;
        this.#apply({ filters: [...model.view.filters, filter] });
      },
      onClose: () => {
        this.#open = null;
        this.changed();
      },
    });
  }

  #columnList(model: RowsModel): TemplateResult {
    const hidden = this.#hidden.get(model.split) ?? new Set<number>();
    const set = (columns: Iterable<number>) => {
      this.#hidden.set(model.split, new Set(columns));
      this.changed();
    };
    return html`<fieldset class="column-list">
      <legend>Columns to show</legend>
      ${model.columns.slice(0, 500).map(({ name, type }, column) =>
        checkbox({
          label: `${name} (${type})`,
          checked: !hidden.has(column),
          onChange: (checked) => set(checked ? [...hidden].filter((one) => one !== column) : [...hidden, column]),
        }),
      )}
      ${button({ label: 'All', onClick: () => set([]) })}
    </fieldset>`;
  }

  async #showBad(): Promise<void> {
    if (this.#open === 'bad') this.#open = null;
    else {
      this.#open = 'bad';
      const model = this.#model as RowsModel;
      this.#badRows = await this.host.call('badRows', { split: model.split, limit: BAD_ROWS });
    }
    this.changed();
  }

  #badList(): TemplateResult {
    if (!this.#badRows) return waiting('Reading');
    return html`<div class="bad-rows" role="region" aria-label="Bad rows" tabindex="0">
      <table>
        <thead><tr><th scope="col">Line</th><th scope="col">Byte</th><th scope="col">Why it is no row</th></tr></thead>
        <tbody>
          ${this.#badRows.map(
            ({ file, line, byte, reason }) =>
              html`<tr><td class="number">${line.toLocaleString()}</td><td class="number">${byte === null ? '' : byte.toLocaleString()}</td><td>${file ? html`<span class="muted">${file}: </span>` : nothing}${reason}</td></tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #noRows(model: RowsModel): TemplateResult {
    if (isWhole(model.view))
      return emptyState({ title: 'No rows', text: 'The file has columns, and no row below them.' });
    return emptyState({
      title: 'No row fits',
      text: 'None of the rows fits the search and filters.',
      actions: [
        {
          label: 'Show All Rows',
          onClick: () => {
            this.#search = '';
            this.#condition = '';
            this.#apply(WHOLE_VIEW);
          },
        },
      ],
    });
  }

  #readError(model: RowsModel): TemplateResult {
    const { message, wayOut } = model.error as { message: string; wayOut?: string };
    return html`<div class="changed">
      ${notice('error', wayOut ? `${message} ${wayOut}` : message)}
      ${button({ label: 'Read Again', icon: 'refresh', onClick: () => void this.host.call('reread', null) })}
    </div>`;
  }

  /** Puts the row at `place` of the data set in sight; shows all rows when it is not among those in view. */
  async showRow(model: RowsModel, place: number): Promise<void> {
    if (model !== this.#model) this.#adopt(model);
    const { split } = model;
    let found = await this.host.call('find', { split, view: model.view, place });
    if (found === null) {
      this.#search = '';
      this.#condition = '';
      await model.show(WHOLE_VIEW);
      found = place;
    }
    // the table may be about to come into the page
    await new Promise(requestAnimationFrame);
    await this.#grid?.goTo(found);
    await this.#details.show(model, place, this.#grid?.focus.column ?? 0);
  }

  async #go(value: string): Promise<void> {
    this.#goTo = value;
    this.#goToError = undefined;
    const model = this.#model as RowsModel;
    const row = Number(value.replace(/[\s,.’']/g, ''));
    if (value.trim() !== '' && (!Number.isInteger(row) || row < 1 || row > (model.total ?? 0))) {
      this.#goToError = `1 to ${(model.total ?? 0).toLocaleString()}`;
    }
    this.changed();
    if (value.trim() === '' || this.#goToError) return;
    const found = await this.host.call('find', { split: model.split, view: model.view, place: row - 1 });
    if (found === null) this.#goToError = 'not in view';
    else await this.#grid?.goTo(found);
    this.changed();
  }

  #exportChoices(model: RowsModel): TemplateResult {
    const columns = this.#columns(model);
    return html`<div class="filter-form" role="group" aria-label="Export">
      <span>${model.rows.toLocaleString()} rows, ${columns.length} columns, as</span>
      ${FORMATS.map(({ format, label }) => button({ label, onClick: () => void this.#export(model, format) }))}
    </div>`;
  }

  async #export(model: RowsModel, format: DatasetExport): Promise<void> {
    const { split, view } = model;
    this.#open = null;
    try {
      const saved = await this.host.call('export', {
        split,
        view,
        columns: this.#columns(model),
        format,
      });
      this.#exported = saved ? `${model.rows.toLocaleString()} rows saved to ${saved.path}` : null;
    } catch (error) {
      model.viewError = toWireError(error);
    }
    this.changed();
  }
}
