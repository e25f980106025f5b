// What has to be known about a table before it is read: that it is cut, and what the collator noted.
import type { TemplateResult } from 'lit';
import { notice } from '../ui/states.ts';
import type { TableContent } from './host.ts';

export function notices({ table, charactersLeftOut }: TableContent): readonly TemplateResult[] {
  const { truncatedTokens, modelMaxLength, notes } = table;
  const lines: TemplateResult[] = [];
  if (truncatedTokens > 0) {
    const cut = `${truncatedTokens.toLocaleString()} more ${truncatedTokens === 1 ? 'token does' : 'tokens do'} not fit`;
    lines.push(notice('warning', `Truncated: ${cut}; the model takes ${modelMaxLength.toLocaleString()} at most.`));
  }
  if (charactersLeftOut > 0) {
    const left = charactersLeftOut.toLocaleString();
    lines.push(notice('warning', `The selection is long: its last ${left} characters are left out.`));
  }
  return [...lines, ...notes.map((text) => notice('info', text))];
}
