// The bar below the table: predictions and what they came to, copies of the table.
import { html, nothing, type TemplateResult } from 'lit';
import type { CopyFormat, MaskingPageState } from '../../src/protocol/masking-page.ts';
import { button, icon, progressRing } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import type { Ask } from './host.ts';

export interface Tools {
  readonly state: MaskingPageState;
  readonly chosen: readonly number[];
  readonly focused: number | null;
  /** Called before the chosen positions are predicted: their columns should be in sight. */
  readonly onPredict: () => void;
}

const FORMATS: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: 'markdown', label: 'Markdown' },
  { format: 'csv', label: 'CSV' },
  { format: 'json', label: 'JSON' },
  { format: 'python', label: 'Python' },
];

export function toolBar(tools: Tools, ask: Ask): TemplateResult {
  const masked = tools.state.mode === 'mask';
  // the Python snippet is about the collator
  const formats = FORMATS.filter(({ format }) => masked || format !== 'python');
  return html`<section class="tools" aria-label="Predictions and copies">
    ${masked ? predictions(tools, ask) : nothing}
    <span class="spring"></span>
    <span class="copies" role="group" aria-label="Copy the table as">
      <span class="muted">${icon('copy')} Copy as</span>
      ${formats.map(({ format, label }) =>
        button({ label, title: `Copy the table as ${label}`, onClick: () => ask('copy', { format }) }),
      )}
    </span>
  </section>`;
}

function predictions({ state, chosen, focused, onPredict }: Tools, ask: Ask): TemplateResult {
  const { prediction, models, model } = state;
  if (models.find(({ path }) => path === model)?.canPredict === false) {
    return html`<span class="muted">This folder holds a tokenizer but no masked language model: no predictions.</span>`;
  }
  if (prediction.kind === 'running') {
    const { done, total } = prediction;
    const count = total === 1 ? 'Predicting' : `${done.toLocaleString()} of ${total.toLocaleString()} positions`;
    return html`<span class="late" role="status">
      ${progressRing('Predicting')} ${count} ${button({ label: 'Cancel', onClick: () => ask('cancelPrediction', null) })}
    </span>`;
  }
  const none = chosen.length === 0;
  const all = button({
    label: 'Predict',
    icon: 'lightbulb',
    title: none ? 'No token is chosen in this draw' : 'What the model would put at every chosen position',
    disabled: none,
    onClick: () => {
      onPredict();
      ask('predict', { position: null });
    },
  });
  const one = button({
    label: `Predict token ${focused}`,
    title: 'What the model would put here, reading the sequence as it is shown',
    onClick: () => ask('predict', { position: focused }),
  });
  return html`${all} ${focused === null ? nothing : one} ${outcome(state)}`;
}

function outcome({ prediction }: MaskingPageState): TemplateResult | typeof nothing {
  if (prediction.kind === 'failed') {
    const { message, wayOut } = prediction.error;
    return notice('error', wayOut ? `${message} ${wayOut}` : message);
  }
  if (prediction.kind !== 'done' || prediction.meanLoss === null) return nothing;
  const loss = prediction.meanLoss.toFixed(4);
  return html`<span class="mean-loss" role="status">Mean loss <strong>${loss}</strong> nats</span>`;
}
