// Rows to look at twice: empty, repeated, leaked, damaged. Each is one click away.
import { html, nothing, type TemplateResult } from 'lit';
import type { TextProblem, TextSurvey } from '../../src/protocol/dataset-figures.ts';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import { icon } from '../ui/controls.ts';
import { FiguresJob } from '../ui/figures-job.ts';
import { jobState } from '../ui/job-state.ts';
import { share } from '../ui/numbers.ts';
import { emptyState } from '../ui/states.ts';
import type { Choices } from './choices.ts';
import type { DatasetHost, RowsModel } from './rows-model.ts';

const KINDS: Readonly<Record<TextProblem, readonly [title: string, why: string]>> = {
  null: ['Without a text', 'Missing values are left out of training.'],
  blank: ['Empty or white space only', 'Blank lines make no row line by line.'],
  duplicate: ['Repeated', 'The text of an earlier row, character by character.'],
  nearDuplicate: ['Nearly repeated', 'At least 80 % of the three-word sequences of an earlier row.'],
  leak: ['In the training rows too', 'Evaluating on these measures memory, not understanding.'],
  nearLeak: ['Nearly in the training rows', 'At least 80 % of the three-word sequences of a training row.'],
  mojibake: ['Mojibake', 'Text decoded with the wrong encoding, such as “cafÃ©”, or replacement characters.'],
  control: ['Invisible characters', 'Control and format characters: most tokenizers drop them or split words at them.'],
  unnormalised: [
    'Not in composed form (NFC)',
    'The same letters in other code points: other tokens for some tokenizers.',
  ],
};

export class ProblemsTab {
  readonly #jobs = new Map<number, FiguresJob<TextSurvey>>();

  constructor(
    private readonly host: DatasetHost,
    private readonly choices: Choices,
    private readonly changed: () => void,
    private readonly showRow: (place: number) => void,
  ) {}

  forget(): void {
    for (const job of this.#jobs.values()) job.stop();
    this.#jobs.clear();
  }

  render(state: DatasetPageState, model: RowsModel): TemplateResult {
    const column = this.choices.column(model.columns);
    if (model.total === null)
      return emptyState({ title: 'Reading the rows', text: 'Problems are looked for when all rows are at hand.' });
    if (column === null) return emptyState({ title: 'No column of text' });
    const training = state.splits && state.splits.length > 1 && model.split !== 0 ? 0 : null;
    const job = this.#job(model.split);
    job.ensure(column, ({ signal, onProgress }) =>
      this.host.call(
        'problems',
        { split: model.split, column, training },
        { signal, onProgress: (at) => onProgress(at) },
      ),
    );
    return html`<div class="figures">
      <div class="toolbar">${this.choices.renderColumn(model.columns)}</div>
      ${jobState(job)} ${job.value ? this.#problems(job.value, training !== null) : nothing}
    </div>`;
  }

  #job(split: number): FiguresJob<TextSurvey> {
    let job = this.#jobs.get(split);
    if (!job) {
      job = new FiguresJob<TextSurvey>(this.changed);
      this.#jobs.set(split, job);
    }
    return job;
  }

  #problems(survey: TextSurvey, hasTraining: boolean): TemplateResult {
    const kinds = (Object.keys(KINDS) as TextProblem[]).filter((kind) => hasTraining || !/leak/i.test(kind));
    const compared =
      survey.comparedRows < survey.rows
        ? ` Near duplicates were looked for in the first ${survey.comparedRows.toLocaleString()}.`
        : '';
    return html`<p class="basis" role="status">Over all ${survey.rows.toLocaleString()} rows.${compared}${hasTraining ? '' : ' Leaks are looked for in the other splits, when there are several.'}</p>
      ${kinds.map((kind) => this.#kind(kind, survey))}`;
  }

  #kind(kind: TextProblem, survey: TextSurvey): TemplateResult {
    const [title, why] = KINDS[kind];
    const { rows, first } = survey.problems[kind];
    if (rows === 0) return html`<p class="fine">${icon('pass')} ${title}: none</p>`;
    return html`<details class="problem">
      <summary>${icon('warning')} <strong>${title}</strong>: ${rows.toLocaleString()} rows (${share(rows, survey.rows)}) <span class="muted">${why}</span></summary>
      <ul class="found">
        ${first.map(
          ({ place, part }) =>
            html`<li><button class="link" @click=${() => this.showRow(place)}>row ${(place + 1).toLocaleString()}</button> <span class="mono">${part}</span></li>`,
        )}
        ${rows > first.length ? html`<li class="muted">and ${(rows - first.length).toLocaleString()} more</li>` : nothing}
      </ul>
    </details>`;
  }
}
