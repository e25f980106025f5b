// One token in words: what it was, what became of it, what the model thinks of it.
import { html, type TemplateResult } from 'lit';
import type { Fate, MaskingTable, Prediction, TokenColumn } from '../../src/protocol/masking.ts';
import type { MaskingMode } from '../../src/protocol/masking-page.ts';
import { percent } from './rows.ts';

const FATES: Record<Fate, string> = {
  special: 'special token, never chosen',
  kept: 'not chosen',
  masked: 'chosen and masked',
  random: 'chosen and replaced by a random token',
  unchanged: 'chosen and left unchanged',
};

export interface Details {
  readonly table: MaskingTable;
  readonly text: string;
  readonly index: number;
  readonly mode: MaskingMode;
  readonly prediction: Prediction | undefined;
}

export function tokenDetails({ table, text, index, mode, prediction }: Details): TemplateResult {
  const column = table.columns[index];
  if (!column) return html``;
  const facts: TemplateResult[] = [html`<strong>Token ${index}</strong>`];
  facts.push(
    column.token === column.maskedToken || mode === 'tokenize'
      ? html`<code>${column.token}</code>`
      : html`<code>${column.token}</code> → <code>${column.maskedToken}</code>`,
  );
  if (mode === 'mask') facts.push(html`${FATES[column.fate]}`);
  else if (column.special) facts.push(html`special token`);
  if (!column.special) facts.push(where(column, text));
  if (prediction) {
    const [best] = prediction.top;
    facts.push(
      html`true token ranks ${prediction.rank}, loss ${prediction.loss.toFixed(4)}${
        best ? html`; first guess <code>${best.token}</code> ${percent(best.score)}` : ''
      }`,
    );
  }
  return html`${facts.map((fact, nth) => (nth === 0 ? fact : html` · ${fact}`))}`;
}

function where({ start, end, wordId }: TokenColumn, text: string): TemplateResult {
  const word = wordId === null ? '' : `, word ${wordId}`;
  return html`“${text.slice(start, end)}” at characters ${start}–${end}${word}`;
}
