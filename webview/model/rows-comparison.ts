// Both models on the same masks of the same rows: figures, and the rows and tokens that gained and lost most.
import { html, nothing, type TemplateResult } from 'lit';
import type { LossPair, RowsComparison } from '../../src/protocol/model.ts';
import { button, textField } from '../ui/controls.ts';
import { FiguresJob } from '../ui/figures-job.ts';
import { jobState } from '../ui/job-state.ts';
import type { ModelHost } from './host.ts';
import { plural, shareText, short } from './text.ts';

const FIELDS = { rows: 'Rows', mlmProbability: 'mlm_probability', seed: 'seed', column: 'text_column' } as const;
type Field = keyof typeof FIELDS;
const START: Readonly<Record<Field, string>> = { rows: '200', mlmProbability: '0.15', seed: '42', column: '' };

export class RowsComparisonView {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  readonly #job: FiguresJob<RowsComparison>;
  #file = '';
  #values = START;
  /** What was asked for last; null: nothing yet. */
  #asked: string | null = null;

  constructor(host: ModelHost, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#job = new FiguresJob(redraw);
  }

  /** Another model is compared with. */
  forget(): void {
    this.#job.stop();
    this.#asked = null;
  }

  render(other: string): TemplateResult {
    const errors = this.#errors();
    const ready = this.#file.trim() !== '' && Object.keys(errors).length === 0;
    if (this.#asked) {
      const { file, ...rest } = JSON.parse(this.#asked) as { file: string } & Record<Field, string>;
      this.#job.ensure(`${other}\n${this.#asked}`, ({ signal, onProgress }) =>
        this.#host.call(
          'compareOnRows',
          {
            path: other,
            request: {
              file,
              column: rest.column.trim() || null,
              rows: Number(rest.rows),
              mlmProbability: Number(rest.mlmProbability),
              seed: Number(rest.seed),
            },
          },
          { signal, onProgress: ({ done }) => onProgress({ share: done, doing: 'Predicting with both models' }) },
        ),
      );
    }
    return html`<section class="on-rows" aria-labelledby="on-rows-title">
      <h2 id="on-rows-title" class="section-title">Before and after: the same masks of the same rows</h2>
      <div class="tools">
        ${textField({
          id: 'rows-file',
          label: 'Text file',
          value: this.#file,
          size: 36,
          placeholder: '.txt, .jsonl, .csv, .parquet …',
          onInput: (value) => {
            this.#file = value;
            this.#redraw();
          },
        })}
        ${button({ label: 'Choose…', title: 'Choose a file of text', onClick: () => void this.#choose() })}
        ${(Object.keys(FIELDS) as Field[]).map((field) =>
          textField({
            id: `rows-${field}`,
            label: FIELDS[field],
            value: this.#values[field],
            size: field === 'column' ? 10 : 6,
            numeric: field !== 'column',
            ...(field === 'column' ? { placeholder: 'text' } : {}),
            error: errors[field],
            onInput: (value) => {
              this.#values = { ...this.#values, [field]: value };
              this.#redraw();
            },
          }),
        )}
        ${button({
          label: 'Measure',
          kind: 'primary',
          disabled: !ready,
          onClick: () => {
            this.#asked = JSON.stringify({ file: this.#file.trim(), ...this.#values });
            this.#job.again();
          },
        })}
      </div>
      ${this.#asked ? jobState(this.#job) : nothing} ${this.#asked && this.#job.value ? found(this.#job.value) : nothing}
    </section>`;
  }

  #errors(): Partial<Record<Field, string>> {
    const { rows, mlmProbability, seed } = this.#values;
    const whole = (text: string) => /^\d+$/.test(text.trim());
    return {
      ...(whole(rows) && Number(rows) >= 1 && Number(rows) <= 5000 ? {} : { rows: '1 to 5000' }),
      ...(Number(mlmProbability) > 0 && Number(mlmProbability) <= 1 ? {} : { mlmProbability: 'above 0, at most 1' }),
      ...(whole(seed) ? {} : { seed: 'a whole number' }),
    };
  }

  async #choose(): Promise<void> {
    const file = await this.#host.call('browseText', null);
    if (file) this.#file = file;
    this.#redraw();
  }
}

function found({ rows, masked, a, b, rowsGained, rowsLost, tokensGained, tokensLost }: RowsComparison): TemplateResult {
  const figures = ({ loss, accuracy }: typeof a) => [loss.toFixed(4), short(Math.exp(loss)), shareText(accuracy)];
  return html`
    <table class="plain figures">
      <caption class="muted">${plural(masked, 'masked token')} in ${plural(rows, 'row')}; losses are means over them.</caption>
      <thead><tr><td></td>${['Loss', 'Perplexity', 'Accuracy'].map((name) => html`<th scope="col" class="numeric">${name}</th>`)}</tr></thead>
      <tbody>
        ${[
          ['A', a],
          ['B', b],
        ].map(
          ([name, of]) =>
            html`<tr><th scope="row">${name as string}</th>${figures(of as typeof a).map((text) => html`<td class="numeric">${text}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
    <div class="gains">
      ${list('Rows that B does better', rowsGained, 'Row', ({ row, text }) => html`<span class="muted">${row + 1}</span> ${text}`)}
      ${list('Rows that B does worse', rowsLost, 'Row', ({ row, text }) => html`<span class="muted">${row + 1}</span> ${text}`)}
      ${list('Tokens that B does better', tokensGained, 'Token', ({ token }) => html`<span class="mono">${token}</span>`)}
      ${list('Tokens that B does worse', tokensLost, 'Token', ({ token }) => html`<span class="mono">${token}</span>`)}
    </div>
  `;
}

function list<T extends LossPair & { readonly masked: number }>(
  title: string,
  entries: readonly T[],
  what: string,
  name: (one: T) => TemplateResult,
): TemplateResult {
  return html`<section>
    <h3>${title}</h3>
    ${
      entries.length === 0
        ? html`<p class="muted">none</p>`
        : html`<table class="plain">
            <thead><tr><th scope="col">${what}</th><th scope="col" class="numeric">Masked</th><th scope="col" class="numeric">Loss A</th><th scope="col" class="numeric">Loss B</th></tr></thead>
            <tbody>
              ${entries.map(
                (one) =>
                  html`<tr><td class="name">${name(one)}</td><td class="numeric">${one.masked}</td><td class="numeric">${one.a.toFixed(3)}</td><td class="numeric">${one.b.toFixed(3)}</td></tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`;
}
