// The bar above the table: the next draw of the stream, and the way from chosen token to chosen token.
import { html, nothing, type TemplateResult } from 'lit';
import { button, iconButton } from '../ui/controls.ts';
import type { Ask } from './host.ts';

export interface Draw {
  readonly reroll: number;
  /** Columns that were chosen, ascending. */
  readonly chosen: readonly number[];
  readonly focused: number | null;
  readonly goTo: (column: number) => void;
}

export function drawBar({ reroll, chosen, focused, goTo }: Draw, ask: Ask): TemplateResult {
  const back = iconButton({
    label: 'Back to the first draw',
    icon: 'discard',
    onClick: () => ask('setReroll', { reroll: 0 }),
  });
  return html`<section class="draw-bar" aria-label="Draw">
    ${button({
      label: 'Re-roll',
      icon: 'refresh',
      kind: 'primary',
      title: 'The next draw of the same stream, as the collator’s next call gives it',
      onClick: () => ask('setReroll', { reroll: reroll + 1 }),
    })}
    <span class="muted">draw ${reroll + 1}</span>
    ${reroll > 0 ? back : nothing}
    <span class="spring"></span>
    ${chosen.length > 0 ? steps(chosen, focused, goTo) : nothing}
  </section>`;
}

/** Round the ends: after the last chosen token comes the first. */
function steps(chosen: readonly number[], focused: number | null, goTo: (column: number) => void): TemplateResult {
  const from = focused ?? -1;
  const next = chosen.find((column) => column > from) ?? chosen[0];
  const previous = chosen.findLast((column) => column < from) ?? chosen.at(-1);
  const step = (label: string, icon: string, to: number | undefined) =>
    iconButton({ label, icon, onClick: () => to !== undefined && goTo(to) });
  return html`<span class="chosen" role="group" aria-label="Chosen tokens">
    <span class="muted" aria-hidden="true">chosen</span>
    ${step('Previous chosen token', 'chevron-left', previous)} ${step('Next chosen token', 'chevron-right', next)}
  </span>`;
}
