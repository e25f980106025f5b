// What happened to the tokens, in a sentence, and what the marks of the table mean.
import { html, type TemplateResult } from 'lit';
import type { Fate, MaskingTable } from '../../src/protocol/masking.ts';

/** Such as: 13 tokens, 2 of them special. 2 chosen (18.2 % of 11): 1 masked, 1 random, 0 unchanged. */
export function summarize(table: MaskingTable, masked: boolean): string {
  const total = table.columns.length;
  const count = (fate: Fate) => table.columns.filter((column) => column.fate === fate).length;
  const special = table.columns.filter((column) => column.special).length;
  const tokens = `${total.toLocaleString()} ${total === 1 ? 'token' : 'tokens'}, ${special} of them special.`;
  if (!masked) return tokens;
  const chosen = count('masked') + count('random') + count('unchanged');
  const open = total - special;
  const share = open > 0 ? ` (${((chosen / open) * 100).toFixed(1)} % of ${open.toLocaleString()})` : '';
  return `${tokens} ${chosen} chosen${share}: ${count('masked')} masked, ${count('random')} random, ${count('unchanged')} unchanged.`;
}

export function legend(maskToken: string | null): TemplateResult {
  const entry = (fate: Fate, sample: string, meaning: string) =>
    html`<dt><span class="chip ${fate} mono">${sample}</span> ${fate}</dt><dd>${meaning}</dd>`;
  return html`<details class="legend" open>
    <summary>Legend</summary>
    <dl>
      ${entry('masked', maskToken ?? '[MASK]', 'Chosen, and replaced by the mask token.')}
      ${entry('random', 'word', 'Chosen, and replaced by a random token of the vocabulary.')}
      ${entry('unchanged', 'word', 'Chosen, but left as it is; the model has to predict it all the same.')}
      ${entry('kept', 'word', 'Not chosen.')}
      ${entry('special', 'special', 'Added by the tokenizer; never chosen.')}
      <dt><span class="mono">-100</span> in Labels</dt>
      <dd>Not chosen: the loss leaves this position out. Any other label is the true id, which the model has to predict.</dd>
    </dl>
  </details>`;
}
