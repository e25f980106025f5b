// A row of tabs, walked with the arrow keys. The panel below is `id="panel-<tab>"`, labelled by `tab-<tab>`.
import { html, type TemplateResult } from 'lit';
import { icon } from './controls.ts';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** Codicon name. */
  readonly icon: string;
}

export function tabList<Id extends string>(
  tabs: readonly Tab<Id>[],
  current: Id,
  choose: (id: Id) => void,
): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = tabs.findIndex(({ id }) => id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.id);
    queueMicrotask(() => document.getElementById(`tab-${next.id}`)?.focus());
  };
  return html`<div class="tabs" role="tablist" @keydown=${onKey}>
    ${tabs.map(
      ({ id, label, icon: name }) =>
        html`<button role="tab" id="tab-${id}" aria-selected=${String(id === current)} aria-controls="panel-${id}" tabindex=${id === current ? 0 : -1} @click=${() => choose(id)}>${icon(name)} ${label}</button>`,
    )}
  </div>`;
}
