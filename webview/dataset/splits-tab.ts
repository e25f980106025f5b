// The splits of a data set side by side: rows, lengths, columns.
import { html, type TemplateResult } from 'lit';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import { percentile } from '../../src/protocol/length-figures.ts';
import { compact, share } from '../ui/numbers.ts';
import type { Choices } from './choices.ts';
import type { RowsModel } from './rows-model.ts';
import { basis, histogram, type TokensTab } from './tokens-tab.ts';
import { waiting } from './waiting.ts';

export function splitsTab(
  state: DatasetPageState,
  models: readonly RowsModel[],
  choices: Choices,
  tokens: TokensTab,
): TemplateResult {
  const columns = [...new Set(models.flatMap((model) => model.columns.map(({ name }) => name)))];
  for (const model of models) for (const [i] of model.columns.entries()) model.want(i);
  return html`<div class="figures">
    <div class="toolbar">${choices.render(state, models[0]?.columns ?? [])}</div>
    <div class="side-by-side" tabindex="0" role="region" aria-label="Splits side by side">
      <table class="costs">
        <thead><tr><th></th>${models.map((model) => html`<th scope="col">${state.splits?.[model.split]?.name}</th>`)}</tr></thead>
        <tbody>
          ${row('Rows', models, (model) => (model.error ? html`<span class="warn">${model.error.message}</span>` : model.total === null ? waiting('Reading') : model.total.toLocaleString()))}
          ${row('Bad rows', models, (model) => (model.total === null ? '' : model.badRows.toLocaleString()))}
          ${row('Tokens', models, (model) => survey(model, (found) => found.tokens.toLocaleString()))}
          ${row('Tokens a row, median', models, (model) => survey(model, (found) => String(percentile(found.lengths, 0.5) ?? '–')))}
          ${row('Tokens a row, 99 %', models, (model) => survey(model, (found) => (percentile(found.lengths, 0.99) ?? 0).toFixed(0)))}
          ${row('Unknown tokens', models, (model) => survey(model, (found) => share(found.unknown, found.tokens)))}
          ${row('Rows by tokens', models, (model) => survey(model, (found) => html`${histogram(found, null)}<span class="muted">${basis(found)}</span>`))}
          ${columns.map((name) => row(html`<span class="mono">${name}</span>`, models, (model) => columnOf(model, name)))}
        </tbody>
      </table>
    </div>
  </div>`;

  function survey(
    model: RowsModel,
    show: (found: NonNullable<NonNullable<ReturnType<TokensTab['job']>>['value']>) => TemplateResult | string,
  ): TemplateResult | string {
    const job = tokens.job(state, model);
    if (!job) return '–';
    if (job.error) return html`<span class="warn">${job.error.message}</span>`;
    return job.value ? (job.value.rows === 0 ? 'no text' : show(job.value)) : '…';
  }
}

function row(
  name: string | TemplateResult,
  models: readonly RowsModel[],
  cell: (model: RowsModel) => string | TemplateResult,
): TemplateResult {
  return html`<tr><th scope="row">${name}</th>${models.map((model) => html`<td>${cell(model)}</td>`)}</tr>`;
}

function columnOf(model: RowsModel, name: string): TemplateResult | string {
  const at = model.columns.findIndex((column) => column.name === name);
  const column = model.columns[at];
  if (!column) return model.total === null ? '…' : html`<span class="warn">not there</span>`;
  const found = model.summaries.get(at);
  const figures =
    found && !('message' in found)
      ? `, ${found.isExact ? '' : '≈'}${compact(found.distinct)} distinct, ${share(found.nulls, found.rows)} null`
      : '';
  return html`${column.type}<span class="muted">${figures}</span>`;
}
