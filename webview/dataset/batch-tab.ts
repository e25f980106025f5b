// Rows as the batch sees them: cut or grouped, padded, masked.
import { html, nothing, type TemplateResult } from 'lit';
import type { BatchCell, BatchTable } from '../../src/protocol/dataset-figures.ts';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import { button, checkbox, textField } from '../ui/controls.ts';
import { FiguresJob } from '../ui/figures-job.ts';
import { jobState } from '../ui/job-state.ts';
import { share } from '../ui/numbers.ts';
import { emptyState } from '../ui/states.ts';
import type { Choices } from './choices.ts';
import type { DatasetHost, RowsModel } from './rows-model.ts';
import { facts } from './tokens-tab.ts';

type NumberField = 'firstRow' | 'batchSize' | 'maxSeqLength' | 'mlmProbability' | 'seed';

const FIELDS: Readonly<Record<NumberField, { label: string; least: number; most: number; whole: boolean }>> = {
  firstRow: { label: 'First row', least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  batchSize: { label: 'Rows', least: 1, most: 256, whole: true },
  maxSeqLength: { label: 'max_seq_length', least: 8, most: 8192, whole: true },
  mlmProbability: { label: 'mlm_probability', least: 0, most: 1, whole: false },
  seed: { label: 'seed', least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
};

export class BatchTab {
  readonly #job: FiguresJob<BatchTable>;
  #typed: Record<NumberField, string> = {
    firstRow: '1',
    batchSize: '8',
    maxSeqLength: '128',
    mlmProbability: '0.15',
    seed: '42',
  };
  #lineByLine = true;
  #wholeWordMask = false;
  #padToMaxLength = false;
  #showIds = false;

  constructor(
    private readonly host: DatasetHost,
    private readonly choices: Choices,
    private readonly changed: () => void,
    private readonly showRow: (place: number) => void,
  ) {
    this.#job = new FiguresJob<BatchTable>(changed);
  }

  forget(): void {
    this.#job.stop();
    this.#job.again();
  }

  render(state: DatasetPageState, model: RowsModel): TemplateResult {
    const column = this.choices.column(model.columns);
    if (model.total === null)
      return emptyState({ title: 'Reading the rows', text: 'A batch can be made when all rows are at hand.' });
    if (column === null) return emptyState({ title: 'No column of text' });
    const values = this.#values(model);
    if (values) this.#ask(state, model, column, values);
    return html`<div class="figures">
      <div class="toolbar" role="group" aria-label="The batch">
        ${this.choices.render(state, model.columns)}
        ${(Object.keys(FIELDS) as NumberField[]).map((name) => this.#field(name, model))}
      </div>
      <div class="toolbar">
        ${this.#check('line_by_line', this.#lineByLine, (on) => (this.#lineByLine = on))}
        ${this.#check('whole_word_mask', this.#wholeWordMask, (on) => (this.#wholeWordMask = on))}
        ${this.#check('pad_to_max_length', this.#padToMaxLength, (on) => (this.#padToMaxLength = on))}
        ${this.#check('ids instead of tokens', this.#showIds, (on) => (this.#showIds = on))}
        ${button({
          label: 'Next Rows',
          icon: 'arrow-right',
          disabled: !values,
          onClick: () => {
            if (!values) return;
            const next = values.firstRow + values.batchSize;
            this.#typed.firstRow = String(next > (model.total ?? 0) ? 1 : next);
            this.changed();
          },
        })}
        ${button({
          label: 'Other Seed',
          icon: 'refresh',
          disabled: !values,
          onClick: () => {
            this.#typed.seed = String((values?.seed ?? 41) + 1);
            this.changed();
          },
        })}
      </div>
      ${jobState(this.#job)} ${this.#job.value ? this.#table(this.#job.value) : nothing}
    </div>`;
  }

  #check(label: string, checked: boolean, set: (on: boolean) => void): TemplateResult {
    return checkbox({
      label,
      checked,
      onChange: (on) => {
        set(on);
        this.changed();
      },
    });
  }

  #field(name: NumberField, model: RowsModel): TemplateResult {
    return textField({
      id: `batch-${name}`,
      label: FIELDS[name].label,
      value: this.#typed[name],
      size: 7,
      numeric: true,
      error: this.#number(name, model) === null ? this.#range(name, model) : undefined,
      onInput: (value) => {
        this.#typed[name] = value;
        this.changed();
      },
    });
  }

  #range(name: NumberField, model: RowsModel): string {
    const { least, most } = FIELDS[name];
    const end = name === 'firstRow' ? (model.total ?? 1) : most;
    return end > 1e9 ? `from ${least}` : `${least} to ${end.toLocaleString()}`;
  }

  #number(name: NumberField, model: RowsModel): number | null {
    const { least, most, whole } = FIELDS[name];
    const value = this.#typed[name].trim() === '' ? Number.NaN : Number(this.#typed[name]);
    const end = name === 'firstRow' ? (model.total ?? 1) : most;
    return value >= least && value <= end && (!whole || Number.isInteger(value)) ? value : null;
  }

  #values(model: RowsModel): Record<NumberField, number> | null {
    const entries = (Object.keys(FIELDS) as NumberField[]).map((name) => [name, this.#number(name, model)] as const);
    return entries.every(([, value]) => value !== null)
      ? (Object.fromEntries(entries) as Record<NumberField, number>)
      : null;
  }

  #ask(state: DatasetPageState, model: RowsModel, column: string, values: Record<NumberField, number>): void {
    const { split, view } = model;
    const { firstRow, batchSize, maxSeqLength, mlmProbability, seed } = values;
    const options = {
      model: this.choices.model(state),
      column,
      maxSeqLength,
      lineByLine: this.#lineByLine,
      padToMaxLength: this.#padToMaxLength,
      mlmProbability,
      wholeWordMask: this.#wholeWordMask,
      seed,
    };
    this.#job.ensure(JSON.stringify([split, view, firstRow, batchSize, options]), async ({ signal }) => {
      const page = { split, view, from: firstRow - 1, count: batchSize, columns: [] };
      const { rows: places } = await this.host.call('page', page, { signal });
      return this.host.call('batch', { split, request: { ...options, places } }, { signal });
    });
  }

  #table(table: BatchTable): TemplateResult {
    const { share: masked } = table;
    return html`
      ${facts([
        ['Batch', `${table.rows.length} × ${table.width}`],
        ['Padding', `${share(table.padding, table.cells)}`],
        [this.#lineByLine ? 'Tokens cut off' : 'Tokens left over', table.lost.toLocaleString()],
        ['Rows without text', table.skipped.toLocaleString()],
        ['Masked, expected', share(masked.expected, 1)],
        ['In this draw', share(masked.here, 1)],
        [
          `over ${masked.draws} draws`,
          `${share(masked.mean, 1)} (${share(masked.least, 1)} to ${share(masked.most, 1)})`,
        ],
      ])}
      <p class="legend" aria-hidden="true">
        ${(['kept', 'masked', 'random', 'unchanged', 'special', 'padding'] as const).map((fate) => html`<span class="cell ${fate}">${FATES[fate]}</span>`)}
      </p>
      <div class="batch" tabindex="0" role="region" aria-label="The batch, a row of tokens each">
        <table>
          <tbody>
            ${table.rows.map(
              ({ place, cells }, i) => html`<tr>
                <th scope="row">${place === null ? i + 1 : html`<button class="link" title="Show this row" @click=${() => this.showRow(place)}>${(place + 1).toLocaleString()}</button>`}</th>
                ${cells.map((cell) => this.#cell(cell))}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  #cell({ token, maskedToken, inputId, maskedInputId, label, fate }: BatchCell): TemplateResult {
    const shown = this.#showIds ? String(maskedInputId) : maskedToken;
    const was = maskedInputId === inputId ? '' : `, was ${token} (${inputId})`;
    const judged = label === -100 ? 'label -100' : `label ${label}`;
    return html`<td class="cell ${fate}" title="${FATES[fate]}: ${maskedToken} (${maskedInputId})${was}, ${judged}">${shown}<span class="visually-hidden">${fate === 'kept' ? '' : ` ${FATES[fate]}`}</span></td>`;
  }
}

const FATES: Readonly<Record<BatchCell['fate'], string>> = {
  kept: 'not chosen',
  masked: 'masked',
  random: 'random word',
  unchanged: 'chosen, unchanged',
  special: 'special token',
  padding: 'padding',
};
