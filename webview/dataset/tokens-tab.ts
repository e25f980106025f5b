// How long rows are in tokens, and what a maximum length and a batch size cost.
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { TokenSurvey } from '../../src/protocol/dataset-figures.ts';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import {
  grouping,
  lengthHistogram,
  paddingShare,
  percentile,
  suggestedLength,
  truncation,
} from '../../src/protocol/length-figures.ts';
import { button, textField } from '../ui/controls.ts';
import { FiguresJob } from '../ui/figures-job.ts';
import { jobState } from '../ui/job-state.ts';
import { share } from '../ui/numbers.ts';
import { emptyState } from '../ui/states.ts';
import type { Choices } from './choices.ts';
import type { DatasetHost, RowsModel } from './rows-model.ts';

const STEPS = 60;
const WIDTH = 720;
const HEIGHT = 160;

export class TokensTab {
  readonly #jobs = new Map<number, FiguresJob<TokenSurvey>>();
  #maxSeqLength: number | null = null;
  #batchSize = '32';

  constructor(
    private readonly host: DatasetHost,
    private readonly choices: Choices,
    private readonly changed: () => void,
    private readonly showRow: (place: number) => void,
  ) {}

  get maxSeqLength(): number | null {
    return this.#maxSeqLength;
  }

  /** All figures are out of date. */
  forget(): void {
    for (const job of this.#jobs.values()) job.stop();
    this.#jobs.clear();
  }

  /** The figures of a split, asked for if they are not there. */
  job(state: DatasetPageState, model: RowsModel): FiguresJob<TokenSurvey> | null {
    const column = this.choices.column(model.columns);
    if (column === null || model.total === null) return null;
    let job = this.#jobs.get(model.split);
    if (!job) {
      job = new FiguresJob<TokenSurvey>(this.changed);
      this.#jobs.set(model.split, job);
    }
    const chosen = this.choices.model(state);
    job.ensure(`${column}\n${chosen}`, ({ signal, onProgress }) =>
      this.host.call(
        'tokens',
        { split: model.split, column, model: chosen },
        { signal, onProgress: ({ sample, ...progress }) => onProgress(progress, sample) },
      ),
    );
    return job;
  }

  render(state: DatasetPageState, model: RowsModel): TemplateResult {
    const job = this.job(state, model);
    return html`<div class="figures">
      <div class="toolbar">
        ${this.choices.render(state, model.columns)}
        ${textField({
          id: 'batch-size',
          label: 'per_device_train_batch_size',
          value: this.#batchSize,
          size: 6,
          numeric: true,
          error: this.#batch === null ? 'a whole number from 1' : undefined,
          onInput: (value) => {
            this.#batchSize = value;
            this.changed();
          },
        })}
      </div>
      ${job ? html`${jobState(job)} ${job.value ? this.#figures(job.value, state, model) : nothing}` : this.#nothing(model)}
    </div>`;
  }

  #nothing(model: RowsModel): TemplateResult {
    if (model.total === null)
      return emptyState({ title: 'Reading the rows', text: 'The figures come when all rows are at hand.' });
    return emptyState({ title: 'No column of text', text: 'Tokens are made of text, and no column holds any.' });
  }

  get #batch(): number | null {
    const value = Number(this.#batchSize);
    return Number.isInteger(value) && value >= 1 && value <= 65536 ? value : null;
  }

  #figures(survey: TokenSurvey, state: DatasetPageState, model: RowsModel): TemplateResult {
    if (survey.rows === 0) return emptyState({ title: 'No text', text: 'All rows of this column are empty.' });
    const { lengths } = survey;
    const longest = lengths.at(-1)?.[0] ?? 1;
    const suggested = suggestedLength(lengths, survey.limit) as number;
    const most = Math.max(survey.limit ?? longest, 8);
    const length = Math.min(this.#maxSeqLength ?? suggested, most);
    return html`
      <p class="basis" role="status">${basis(survey)}</p>
      ${facts([
        ['Tokens', survey.tokens.toLocaleString()],
        ['Mean', (survey.tokens / survey.rows).toFixed(1)],
        ['Median', number(percentile(lengths, 0.5))],
        ['90 %', number(percentile(lengths, 0.9))],
        ['99 %', number(percentile(lengths, 0.99))],
        ['Longest', longest.toLocaleString()],
        [
          'Pieces per word',
          survey.words === 0 ? '–' : ((survey.tokens - survey.added * survey.rows) / survey.words).toFixed(2),
        ],
        ['Unknown tokens', `${survey.unknown.toLocaleString()} (${share(survey.unknown, survey.tokens)})`],
        ['Vocabulary used', `${survey.vocabularyUsed.toLocaleString()} of ${survey.vocabularySize.toLocaleString()}`],
      ])}
      <h2>Rows by tokens</h2>
      ${histogram(survey, length)}
      <div class="slider">
        <label for="max-seq-length">max_seq_length</label>
        <input id="max-seq-length" type="range" min="8" max=${most} step="1" .value=${String(length)}
          aria-valuetext="${length} tokens" @input=${(event: Event) => this.#setLength(Number((event.target as HTMLInputElement).value))} />
        <output for="max-seq-length">${length.toLocaleString()}</output>
        ${button({ label: `Suggested: ${suggested}`, title: 'Whole for 99 of 100 rows, a multiple of 8', onClick: () => this.#setLength(suggested) })}
        ${button({
          label: 'Fine-tune with This',
          icon: 'rocket',
          onClick: () =>
            void this.host.call('fineTune', {
              split: model.split,
              column: this.choices.column(model.columns),
              maxSeqLength: length,
              model: this.choices.model(state),
            }),
        })}
      </div>
      ${this.#costs(survey, length)}
      ${unknownWords(survey, this.showRow)} ${typedSpecial(survey, this.showRow)}
    `;
  }

  #setLength(length: number): void {
    this.#maxSeqLength = length;
    this.changed();
  }

  #costs(survey: TokenSurvey, length: number): TemplateResult {
    const cut = truncation(survey.lengths, length);
    const batch = this.#batch ?? 32;
    const padding = paddingShare(survey.lengths, length, batch);
    const groups = survey.isSample ? null : grouping(survey.thousands, length);
    return html`<table class="costs">
      <thead><tr><th scope="col">At ${length.toLocaleString()} tokens</th><th scope="col">Line by line</th><th scope="col">Grouped</th></tr></thead>
      <tbody>
        <tr><th scope="row">Rows to train on</th><td>${survey.rows.toLocaleString()}</td><td>${groups ? groups.rows.toLocaleString() : 'after all rows'}</td></tr>
        <tr><th scope="row">Rows truncated</th><td>${cut.truncatedRows.toLocaleString()} (${share(cut.truncatedRows, survey.rows)})</td><td>none</td></tr>
        <tr><th scope="row">Tokens lost</th><td>${cut.tokensLost.toLocaleString()} (${share(cut.tokensLost, survey.tokens)})</td><td>${groups ? `${groups.tokensLost.toLocaleString()} (${share(groups.tokensLost, survey.tokens)})` : 'after all rows'}</td></tr>
        <tr><th scope="row">Padding in a batch of ${batch}</th><td>${share(padding, 1)}, expected at random order</td><td>none</td></tr>
      </tbody>
    </table>`;
  }
}

export function basis({ rows, ofRows, isSample }: TokenSurvey): string {
  if (isSample) return `Over a sample: ${rows.toLocaleString()} of ${ofRows.toLocaleString()} rows, evenly spaced.`;
  const blank = ofRows - rows;
  const without = blank === 0 ? '' : ` ${blank.toLocaleString()} without text left out.`;
  return `Over all rows: ${rows.toLocaleString()}.${without}`;
}

export function facts(pairs: readonly (readonly [name: string, value: string])[]): TemplateResult {
  return html`<dl class="facts-list">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const number = (value: number | null): string =>
  value === null ? '–' : value.toLocaleString(undefined, { maximumFractionDigits: 1 });

/** Bars of rows by length; what is beyond `cut` tokens is drawn as lost. */
export function histogram(survey: TokenSurvey, cut: number | null): TemplateResult {
  const bars = lengthHistogram(survey.lengths, STEPS);
  const most = Math.max(1, ...bars.map(({ rows }) => rows));
  const step = WIDTH / bars.length;
  const longest = survey.lengths.at(-1)?.[0] ?? 1;
  const size = bars[1]?.from ?? longest + 1;
  const at = cut === null ? null : Math.min(WIDTH, (cut / (size * bars.length)) * WIDTH);
  return html`<svg class="lengths" viewBox="0 -14 ${WIDTH} ${HEIGHT + 32}" role="img" aria-label="Rows by tokens, from ${survey.lengths[0]?.[0] ?? 0} to ${longest}">
    ${bars.map(({ from, rows }, i) => {
      const height = rows === 0 ? 0 : Math.max(1, (rows / most) * HEIGHT);
      const isLost = cut !== null && from > cut;
      return svg`<rect class=${isLost ? 'lost' : ''} x=${i * step} y=${HEIGHT - height} width=${Math.max(1, step - 1)} height=${height}><title>${from} to ${from + size - 1} tokens: ${rows.toLocaleString()} rows</title></rect>`;
    })}
    ${at === null ? nothing : svg`<line x1=${at} x2=${at} y1="-12" y2=${HEIGHT} />`}
    <text x="0" y=${HEIGHT + 14}>0</text>
    <text x=${WIDTH} y=${HEIGHT + 14} text-anchor="end">${longest.toLocaleString()} tokens</text>
    <text x="0" y="-3">${most.toLocaleString()} rows</text>
  </svg>`;
}

function unknownWords(survey: TokenSurvey, showRow: (place: number) => void): TemplateResult | typeof nothing {
  if (survey.unknownWords.length === 0) return nothing;
  return html`<h2>Behind the unknown token</h2>
    <ul class="found">
      ${survey.unknownWords.map(
        ({ word, times, place }) =>
          html`<li><button class="link" title="Show row ${place + 1}" @click=${() => showRow(place)}><span class="mono">${word}</span></button> <span class="muted">${times.toLocaleString()}×</span></li>`,
      )}
    </ul>`;
}

function typedSpecial(
  { typedSpecial: found }: TokenSurvey,
  showRow: (place: number) => void,
): TemplateResult | typeof nothing {
  if (found.rows === 0) return nothing;
  return html`<h2>Special tokens typed in the text</h2>
    <p class="muted">${found.rows.toLocaleString()} rows hold text that reads as a special token; the collator never masks it.</p>
    <ul class="found">
      ${found.first.map(
        ({ place, part }) =>
          html`<li><button class="link" @click=${() => showRow(place)}>row ${(place + 1).toLocaleString()}</button> <span class="mono">${part}</span></li>`,
      )}
    </ul>`;
}
