// The bar above all: which text is shown, whether tokens are readable, whether the panel stays with its text.
import { html, nothing, type TemplateResult } from 'lit';
import type { MaskingPageState } from '../../src/protocol/masking-page.ts';
import { checkbox, iconButton, progressRing } from '../ui/controls.ts';
import type { Ask } from './host.ts';

export interface Readable {
  readonly value: boolean;
  readonly set: (readable: boolean) => void;
}

export function titleBar(state: MaskingPageState, readable: Readable, ask: Ask): TemplateResult {
  const { sourceLabel, stale, busy, pinned, content } = state;
  const openSource = (event: Event) => {
    event.preventDefault();
    ask('openSource', null);
  };
  return html`<header class="title-bar">
    ${
      sourceLabel
        ? html`<a href="#" title="Show this text in its editor" @click=${openSource}>${sourceLabel}</a>`
        : html`<span class="muted">No text</span>`
    }
    ${stale ? html`<span class="muted">edited</span>` : nothing}
    ${busy && content.kind !== 'waiting' ? html`<span class="late">${progressRing('Computing')}</span>` : nothing}
    <span class="spring"></span>
    ${checkbox({
      label: 'Readable',
      checked: readable.value,
      help: 'Show white space as ␠ ␤ ␉ and byte-level tokens as the characters they stand for.',
      onChange: readable.set,
    })}
    ${iconButton({
      label: pinned ? 'Unpin: follow the selection again' : 'Pin: stay with this text',
      icon: pinned ? 'pinned' : 'pin',
      pressed: pinned,
      onClick: () => ask('setPinned', { pinned: !pinned }),
    })}
  </header>`;
}
