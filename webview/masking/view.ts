// The masking page from top to bottom: source, arguments, table, the token in focus, predictions, legend.
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { MaskingTable } from '../../src/protocol/masking.ts';
import type {
  CopyFormat,
  MaskingContent,
  MaskingPageContract,
  MaskingPageEvents,
  MaskingPageState,
} from '../../src/protocol/masking-page.ts';
import type { Client } from '../../src/protocol/rpc.ts';
import { button, checkbox, dropdown, icon, iconButton, progressRing } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { ArgumentsForm } from './arguments-form.ts';
import { tokenDetails } from './details.ts';
import { emptyPage, failedPage } from './empty-states.ts';
import type { ColumnHeading, GridRow, TokenEvent, TokenGrid } from './grid.ts';
import './grid.ts';
import { legend, summarize } from './legend.ts';
import { isChosen, tableRows } from './rows.ts';

type Host = Client<MaskingPageContract, MaskingPageEvents>;
type Table = Extract<MaskingContent, { kind: 'table' }>;

/** How the page itself was left: nothing that the host needs to know. */
export interface PageMemory {
  readonly page: { readonly readable?: boolean };
}

const FORMATS: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: 'markdown', label: 'Markdown' },
  { format: 'csv', label: 'CSV' },
  { format: 'json', label: 'JSON' },
  { format: 'python', label: 'Python' },
];

export class MaskingView {
  readonly #host: Host;
  readonly #redraw: () => void;
  readonly #grid = createRef<TokenGrid>();
  #form: ArgumentsForm | undefined;
  #readable: boolean;
  /** The text of the table; with another text another token is meant. */
  #text: string | null = null;
  #focused: number | null = null;
  #cursor: { readonly first: number; readonly last: number } | null = null;
  #drawn: { of: readonly unknown[]; rows: readonly GridRow[]; heading: (index: number) => ColumnHeading } | undefined;

  constructor(host: Host, memory: PageMemory['page'], redraw: () => void) {
    this.#host = host;
    this.#readable = memory.readable ?? false;
    this.#redraw = redraw;
  }

  get memory(): PageMemory['page'] {
    return { readable: this.#readable };
  }

  accept(state: MaskingPageState): void {
    this.#form ??= new ArgumentsForm(state.masking, this.#redraw, (masking) => this.#ask('setMasking', { masking }));
    this.#form.accept(state.masking);
    const text = state.content.kind === 'table' ? state.content.text : null;
    if (text !== this.#text) this.#focused = null;
    this.#text = text;
  }

  markCursor(cursor: { readonly first: number; readonly last: number } | null): void {
    this.#cursor = cursor;
    this.#redraw();
  }

  render(state: MaskingPageState): TemplateResult {
    return html`<main aria-busy=${state.busy}>
      ${this.#titleBar(state)} ${this.#arguments(state)} ${this.#content(state)}
      <p class="visually-hidden" role="status">${this.#announcement(state)}</p>
    </main>`;
  }

  #titleBar({ sourceLabel, stale, busy, pinned, content }: MaskingPageState): TemplateResult {
    return html`<header class="title-bar">
      ${
        sourceLabel
          ? html`<a href="#" title="Show this text in its editor" @click=${this.#on(() => this.#ask('openSource', null))}>${sourceLabel}</a>`
          : html`<span class="muted">No text</span>`
      }
      ${stale ? html`<span class="muted">edited</span>` : nothing}
      ${busy && content.kind !== 'waiting' ? html`<span class="late">${progressRing('Computing')}</span>` : nothing}
      <span class="spring"></span>
      ${checkbox({
        label: 'Readable',
        checked: this.#readable,
        help: 'Show white space as ␠ ␤ ␉ and byte-level tokens as the characters they stand for.',
        onChange: (readable) => {
          this.#readable = readable;
          this.#redraw();
        },
      })}
      ${iconButton({
        label: pinned ? 'Unpin: follow the selection again' : 'Pin: stay with this text',
        icon: pinned ? 'pinned' : 'pin',
        pressed: pinned,
        onClick: () => this.#ask('setPinned', { pinned: !pinned }),
      })}
    </header>`;
  }

  #arguments({ models, model, mode }: MaskingPageState): TemplateResult {
    const known = models.some(({ path }) => path === model);
    const choices = models.map(({ path, label }) => ({ value: path, label }));
    if (!known) choices.push({ value: model, label: model.split(/[\\/]/).at(-1) || model });
    return html`<section class="arguments" aria-label="Model and arguments">
      <div class="model">
        ${dropdown({
          id: 'model',
          label: 'model',
          value: model,
          choices,
          help: model,
          onChange: (value) => this.#ask('setModel', { model: value }),
        })}
        ${button({ label: 'Browse…', title: 'Choose a model folder', onClick: () => this.#ask('browseModel', null) })}
      </div>
      ${
        mode === 'mask'
          ? html`${this.#form?.render()}
              <p class="stream-help">${this.#form?.streamHelp}</p>`
          : button({
              label: 'Mask',
              icon: 'eye-closed',
              title: 'Inspect Masking for this text',
              onClick: () => this.#ask('setMode', { mode: 'mask' }),
            })
      }
    </section>`;
  }

  #content(state: MaskingPageState): TemplateResult {
    const { content } = state;
    switch (content.kind) {
      case 'waiting':
        return html`<p class="waiting late" role="status">${progressRing(content.what)} ${content.what}…</p>`;
      case 'empty':
        return emptyPage(content.reason);
      case 'failed':
        return failedPage(content.error, {
          browse: () => this.#ask('browseModel', null),
          retry: () => this.#ask('retry', null),
          openLog: () => this.#ask('openLog', null),
        });
      case 'table':
        return this.#table(content, state);
    }
  }

  #table(content: Table, state: MaskingPageState): TemplateResult {
    const { table } = content;
    const { rows, heading } = this.#draw(content, state);
    const masked = state.mode === 'mask';
    const chosen = chosenColumns(table);
    return html`
      ${notices(content)}
      ${masked ? this.#drawBar(state.reroll, chosen) : nothing}
      <p class="summary">${summarize(table, masked)}</p>
      <token-grid
        ${ref(this.#grid)}
        class=${state.stale ? 'stale' : ''}
        label=${masked ? 'Masked tokens, one column a token' : 'Tokens, one column a token'}
        .rows=${rows}
        .heading=${heading}
        .count=${table.columns.length}
        .subject=${content.text}
        .marked=${this.#cursor}
        @token-focus=${(event: TokenEvent) => this.#onToken(event.detail, true)}
        @token-hover=${(event: TokenEvent) => this.#onToken(event.detail, false)}
      ></token-grid>
      <section class="details" aria-label="Token in focus">${this.#details(content, state)}</section>
      <section class="tools" aria-label="Predictions and copies">
        ${masked ? this.#predictTools(content, state) : nothing}
        <span class="spring"></span>
        <span class="copies" role="group" aria-label="Copy the table as">
          <span class="muted">${icon('copy')} Copy as</span>
          ${FORMATS.filter(({ format }) => masked || format !== 'python').map(({ format, label }) =>
            button({ label, title: `Copy the table as ${label}`, onClick: () => this.#ask('copy', { format }) }),
          )}
        </span>
      </section>
      ${masked ? legend(table.maskToken) : nothing}
    `;
  }

  #drawBar(reroll: number, chosen: readonly number[]): TemplateResult {
    return html`<section class="draw-bar" aria-label="Draw">
      ${button({
        label: 'Re-roll',
        icon: 'refresh',
        kind: 'primary',
        title: 'The next draw of the same stream, as the collator’s next call gives it',
        onClick: () => this.#ask('setReroll', { reroll: reroll + 1 }),
      })}
      <span class="muted">draw ${reroll + 1}</span>
      ${
        reroll > 0
          ? iconButton({
              label: 'Back to the first draw',
              icon: 'discard',
              onClick: () => this.#ask('setReroll', { reroll: 0 }),
            })
          : nothing
      }
      <span class="spring"></span>
      ${chosen.length > 0 ? this.#chosenButtons(chosen) : nothing}
    </section>`;
  }

  /** Steps from chosen token to chosen token, round the ends. */
  #chosenButtons(chosen: readonly number[]): TemplateResult {
    const step = (to: number | undefined) => {
      if (to !== undefined) void this.#grid.value?.focusColumn(to);
    };
    const from = this.#focused;
    return html`<span class="chosen" role="group" aria-label="Chosen tokens">
      <span class="muted" aria-hidden="true">chosen</span>
      ${iconButton({
        label: 'Previous chosen token',
        icon: 'chevron-left',
        onClick: () => step(from === null ? chosen.at(-1) : (chosen.findLast((one) => one < from) ?? chosen.at(-1))),
      })}
      ${iconButton({
        label: 'Next chosen token',
        icon: 'chevron-right',
        onClick: () => step(from === null ? chosen[0] : (chosen.find((one) => one > from) ?? chosen[0])),
      })}
    </span>`;
  }

  #details(content: Table, { mode, prediction }: MaskingPageState): TemplateResult {
    const index = this.#focused;
    if (index === null) return html`<span class="muted">Focus a token to see where it comes from.</span>`;
    const known =
      prediction.kind === 'done' ? prediction.predictions.find(({ position }) => position === index) : undefined;
    return tokenDetails({ table: content.table, text: content.text, index, mode, prediction: known });
  }

  #predictTools({ table }: Table, { prediction, models, model }: MaskingPageState): TemplateResult {
    if (models.find(({ path }) => path === model)?.canPredict === false) {
      return html`<span class="muted">This folder holds a tokenizer but no masked language model: no predictions.</span>`;
    }
    if (prediction.kind === 'running') {
      const { done, total } = prediction;
      return html`<span class="late" role="status">${progressRing('Predicting')} ${done} of ${total} positions</span>
        ${button({ label: 'Cancel', onClick: () => this.#ask('cancelPrediction', null) })}`;
    }
    const chosen = chosenColumns(table);
    const none = chosen.length === 0;
    const focused = this.#focused;
    return html`${button({
      label: 'Predict',
      icon: 'lightbulb',
      title: none ? 'No token is chosen in this draw' : 'What the model would put at every chosen position',
      disabled: none,
      onClick: () => {
        this.#grid.value?.bringIntoSight(chosen);
        this.#ask('predict', { position: null });
      },
    })}
    ${
      focused === null
        ? nothing
        : button({
            label: `Predict token ${focused}`,
            title: 'What the model would put here, reading the sequence as it is shown',
            onClick: () => this.#ask('predict', { position: focused }),
          })
    }
    ${prediction.kind === 'failed' ? notice('error', [prediction.error.message, prediction.error.wayOut].filter(Boolean).join(' ')) : nothing}
    ${
      prediction.kind === 'done' && prediction.meanLoss !== null
        ? html`<span class="mean-loss" role="status">Mean loss <strong>${prediction.meanLoss.toFixed(4)}</strong> nats</span>`
        : nothing
    }`;
  }

  /** Rows and headings stay the same objects until what they show changes: the grid measures them when they do. */
  #draw({ table }: Table, { mode, prediction }: MaskingPageState) {
    const predictions = prediction.kind === 'done' ? prediction.predictions : [];
    const of = [table, mode, this.#readable, prediction.kind === 'done' ? predictions : null];
    if (!this.#drawn?.of.every((value, index) => value === of[index])) {
      const rows = tableRows(table, { mode, readable: this.#readable, predictions });
      const heading = (index: number): ColumnHeading => {
        const column = table.columns[index];
        const fate = column?.special ? 'special' : mode === 'mask' ? column?.fate : undefined;
        return fate && fate !== 'kept' ? { note: fate, className: fate } : { note: '', className: '' };
      };
      this.#drawn = { of, rows, heading };
    }
    return this.#drawn;
  }

  #onToken(index: number | null, reveal: boolean): void {
    if (reveal && index !== null) {
      this.#focused = index;
      this.#redraw();
    }
    // leaving a token by the mouse goes back to the one in focus
    const shown = index ?? (reveal ? null : this.#focused);
    this.#ask('showToken', { index: shown, reveal: reveal && index !== null });
  }

  #announcement({ content, mode, reroll, busy }: MaskingPageState): string {
    if (content.kind !== 'table' || busy) return '';
    return `${summarize(content.table, mode === 'mask')}${mode === 'mask' ? ` Draw ${reroll + 1}.` : ''}`;
  }

  /** Failures come back as part of the state or as messages of the host: nothing to do with them here. */
  #ask<K extends keyof MaskingPageContract & string>(method: K, params: MaskingPageContract[K]['params']): void {
    this.#host.call(method, params).catch(() => {});
  }

  #on(act: () => void) {
    return (event: Event) => {
      event.preventDefault();
      act();
    };
  }
}

function chosenColumns(table: MaskingTable): readonly number[] {
  return table.columns.flatMap(({ fate }, index) => (isChosen(fate) ? [index] : []));
}

function notices({ table, charactersLeftOut }: Table): readonly TemplateResult[] {
  const lines: TemplateResult[] = [];
  if (table.truncatedTokens > 0) {
    const cut = table.truncatedTokens.toLocaleString();
    lines.push(
      notice(
        'warning',
        `Truncated: ${cut} more ${table.truncatedTokens === 1 ? 'token does' : 'tokens do'} not fit; the model takes ${table.modelMaxLength.toLocaleString()} at most.`,
      ),
    );
  }
  if (charactersLeftOut > 0) {
    lines.push(
      notice(
        'warning',
        `The selection is long: its last ${charactersLeftOut.toLocaleString()} characters are left out.`,
      ),
    );
  }
  return [...lines, ...table.notes.map((text) => notice('info', text))];
}
