// Modules as areas, tensors as rows, and the tensor in focus up close.
import { html, nothing, type TemplateResult } from 'lit';
import { sizeText } from '../../src/protocol/file-size.ts';
import type { ModelOutline, TensorOutline, TensorStatistics } from '../../src/protocol/model.ts';
import type { ModelPageState } from '../../src/protocol/model-page.ts';
import { button, progressRing, textField } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { spark } from './histogram.ts';
import type { ModelHost } from './host.ts';
import { type Module, moduleTree } from './modules.ts';
import { TensorDetails } from './tensor-details.ts';
import { elements, plural, shapeText, shareText, short } from './text.ts';
import { Treemap } from './treemap.ts';
import { type Column, VirtualTable } from './virtual-table.ts';

interface Row {
  readonly index: number;
  readonly tensor: TensorOutline;
}

export class TensorsTab {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  readonly #treemap: Treemap;
  readonly #table: VirtualTable<Row>;
  readonly #details: TensorDetails;
  #module: string;
  #filter = '';
  #outline: ModelOutline | null = null;
  #root: Module | null = null;
  #all: readonly Row[] = [];
  #rows: readonly Row[] = [];
  #of = '';
  #statistics = new Map<number, TensorStatistics>();

  constructor(host: ModelHost, module: string, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#module = module;
    this.#details = new TensorDetails(host, redraw);
    this.#treemap = new Treemap({
      enter: (path) => {
        this.#module = path;
        redraw();
      },
      tensor: (index) => this.#select(index),
      redraw,
    });
    const options = {
      label: 'Tensors',
      columns: this.#columns(),
      key: ({ index }: Row) => index,
      onSelect: ({ index }: Row) => this.#details.show(index),
    };
    this.#table = new VirtualTable('tensor-table', options, redraw);
  }

  /** The module in sight; empty: the whole model. */
  get module(): string {
    return this.#module;
  }

  render(state: ModelPageState): TemplateResult {
    const outline = state.outline as ModelOutline;
    if (outline !== this.#outline) this.#accept(outline);
    this.#statistics = new Map(state.statistics.map((one) => [one.index, one]));
    this.#choose();
    const { tensors } = outline;
    if (tensors.length === 0) return html`<p class="muted padded">The file holds no tensors.</p>`;
    const selected = this.#table.selected;
    const tensor = typeof selected === 'number' ? tensors[selected] : undefined;
    return html`
      ${this.#root ? this.#treemap.render(this.#root, this.#module) : nothing}
      <div class="tools" role="toolbar" aria-label="Tensors">
        ${textField({
          id: 'filter',
          label: 'Filter',
          value: this.#filter,
          placeholder: 'words of name, type or shape; nan, inf',
          size: 34,
          onInput: (value) => {
            this.#filter = value;
            this.#redraw();
          },
        })}
        <span class="muted" role="status">${this.#rows.length === tensors.length ? plural(tensors.length, 'tensor') : `${this.#rows.length.toLocaleString('en-US')} of ${plural(tensors.length, 'tensor')}`}</span>
        <span class="spring"></span>
        ${this.#reading(state)}
      </div>
      <div class="panes ${tensor ? 'with-details' : ''}">
        ${
          this.#rows.length > 0
            ? this.#table.render(this.#rows, state.statistics.length)
            : html`<p class="muted padded">No tensor matches. ${button({ label: 'Show All', onClick: () => this.#showAll() })}</p>`
        }
        ${
          tensor && typeof selected === 'number'
            ? this.#details.render({
                outline,
                index: selected,
                tensor,
                statistics: this.#statistics.get(selected),
                close: () => {
                  this.#table.select(null);
                  this.#redraw();
                },
              })
            : nothing
        }
      </div>
    `;
  }

  drawn(): void {
    this.#treemap.drawn();
    this.#table.drawn();
  }

  #reading({ reading, readingError, outline, statistics }: ModelPageState): TemplateResult | typeof nothing {
    if (readingError) {
      return html`${notice('error', readingError.message)} ${button({ label: 'Go On', onClick: () => this.#setReading(true) })}`;
    }
    if (reading !== null) {
      return html`<span class="late" role="status">${progressRing('Reading tensors')} Reading tensors ${shareText(reading)}</span>
        ${button({ label: 'Stop', onClick: () => this.#setReading(false) })}`;
    }
    if (statistics.length < (outline?.tensors.length ?? 0)) {
      return html`<span class="muted">${plural(statistics.length, 'tensor')} read.</span> ${button({ label: 'Go On', onClick: () => this.#setReading(true) })}`;
    }
    return nothing;
  }

  #setReading(reading: boolean): void {
    void this.#host.call('setReading', { reading });
  }

  #accept(outline: ModelOutline): void {
    this.#outline = outline;
    this.#root = outline.tensors.length > 0 ? moduleTree(outline.tensors) : null;
    this.#all = outline.tensors.map((tensor, index) => ({ index, tensor }));
    this.#of = '';
    this.#table.select(null);
    this.#details.forget();
  }

  /** The rows of the module that match the filter. */
  #choose(): void {
    const words = this.#filter.toLowerCase().split(/\s+/).filter(Boolean);
    const byNumbers = words.some((word) => word === 'nan' || word === 'inf');
    const of = `${this.#module}\n${this.#filter}\n${byNumbers ? this.#statistics.size : ''}\n${this.#all.length}`;
    if (of === this.#of) return;
    this.#of = of;
    this.#rows = this.#all.filter(({ index, tensor: { name, dtype, shape } }) => {
      if (this.#module !== '' && name !== this.#module && !name.startsWith(`${this.#module}.`)) return false;
      const text = `${name} ${dtype} ${shape.join('x')} ${shapeText(shape)}`.toLowerCase();
      return words.every((word) => {
        const found = this.#statistics.get(index);
        if (word === 'nan' && found && found.nan > 0) return true;
        if (word === 'inf' && found && found.inf > 0) return true;
        return text.includes(word);
      });
    });
    if (words.length === 0 && this.#module === '') this.#rows = this.#all;
  }

  #showAll(): void {
    this.#filter = '';
    this.#module = '';
    this.#redraw();
  }

  #select(index: number): void {
    this.#filter = '';
    this.#table.select(index);
    this.#details.show(index);
    this.#redraw();
    queueMicrotask(() => this.#table.reveal());
  }

  #columns(): readonly Column<Row>[] {
    const found = ({ index }: Row) => this.#statistics.get(index);
    const number = (id: 'min' | 'max' | 'mean' | 'std', help: string): Column<Row> => ({
      id,
      label: id,
      help,
      numeric: true,
      sortBy: (row) => found(row)?.[id] ?? null,
      cell: (row) => short(found(row)?.[id]),
      title: (row) => String(found(row)?.[id] ?? ''),
    });
    const count = (id: 'zeros' | 'nan' | 'inf', label: string, help: string): Column<Row> => ({
      id,
      label,
      help,
      numeric: true,
      sortBy: (row) => found(row)?.[id] ?? null,
      cell: (row) => {
        const value = found(row)?.[id];
        if (value === undefined) return '';
        return value > 0 && id !== 'zeros'
          ? html`<strong class="bad">${value.toLocaleString('en-US')}</strong>`
          : value.toLocaleString('en-US');
      },
    });
    return [
      {
        id: 'name',
        label: 'Name',
        sortBy: ({ tensor }) => tensor.name,
        cell: ({ tensor }) => html`<span class="mono">${tensor.name}</span>`,
        title: ({ tensor }) => tensor.name,
      },
      {
        id: 'shape',
        label: 'Shape',
        help: 'Sorted by how many numbers there are',
        numeric: true,
        sortBy: ({ tensor }) => elements(tensor.shape),
        cell: ({ tensor }) => shapeText(tensor.shape),
      },
      { id: 'dtype', label: 'Type', sortBy: ({ tensor }) => tensor.dtype, cell: ({ tensor }) => tensor.dtype },
      {
        id: 'bytes',
        label: 'Size',
        numeric: true,
        sortBy: ({ tensor }) => tensor.bytes,
        cell: ({ tensor }) => sizeText(tensor.bytes),
        title: ({ tensor }) => `${tensor.bytes.toLocaleString('en-US')} bytes`,
      },
      number('min', 'Smallest finite number'),
      number('max', 'Largest finite number'),
      number('mean', 'Mean of the finite numbers, in float64'),
      number('std', 'Standard deviation of the population'),
      count('zeros', 'zeros', 'Numbers that are exactly 0'),
      count('nan', 'NaN', 'Not a number'),
      count('inf', '∞', 'Infinite, of either sign'),
      { id: 'histogram', label: 'Histogram', cell: (row) => spark(found(row)?.histogram ?? null) },
    ];
  }
}
