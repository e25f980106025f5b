// What is shown while something is waited for.
import { html, nothing, type TemplateResult } from 'lit';
import { button, progressRing } from '../ui/controls.ts';
import { share } from '../ui/numbers.ts';
import type { RowsModel } from './rows-model.ts';

export function waiting(what: string): TemplateResult {
  return html`<span class="late" role="status">${progressRing(what)} ${what}</span>`;
}

/** A reading in progress, with a way to stop it. */
export function readingBar(model: RowsModel): TemplateResult | typeof nothing {
  const { progress } = model;
  if (!progress) return nothing;
  const at = progress.share === null ? '' : ` ${share(progress.share, 1)}`;
  return html`<div class="reading late" role="status">
    ${progressRing(progress.doing)} ${progress.doing}${at}. The first rows are here; sorting and filtering wait for the rest.
    ${button({ label: 'Stop', onClick: () => model.cancel() })}
  </div>`;
}
