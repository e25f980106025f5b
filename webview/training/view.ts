// The form from top to bottom: search, the groups of arguments, and what comes of them: errors, folder, start.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type ArgumentError, resolveArguments } from '../../src/protocol/resolve-arguments.ts';
import type { Client } from '../../src/protocol/rpc.ts';
import { RemoteError } from '../../src/protocol/rpc.ts';
import type { ArgumentGroup, ArgumentSpec } from '../../src/protocol/training-arguments.ts';
import {
  FORM_ARGUMENTS,
  fieldValue,
  GROUP_TITLES,
  isModified,
  matches,
  modifiedValues,
} from '../../src/protocol/training-form.ts';
import type {
  Browsed,
  FormValue,
  FormValues,
  TrainingPageContract,
  TrainingPageEvents,
  TrainingPageState,
} from '../../src/protocol/training-page.ts';
import { button, type Choice, checkbox, progressRing, textField } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { argumentField, type FieldContext, fieldId } from './fields.ts';
import { fileList, preview } from './file-list.ts';
import { Peek } from './peeks.ts';
import { runFolder } from './run-folder.ts';

type Host = Client<TrainingPageContract, TrainingPageEvents>;

/** How the page itself was left. */
export interface FormMemory {
  readonly search: string;
  readonly modifiedOnly: boolean;
  /** Groups that show all their arguments. */
  readonly open: readonly string[];
  readonly scroll: number;
}

type Starting =
  | { kind: 'no' }
  | { kind: 'starting' }
  | { kind: 'failed'; message: string }
  | { kind: 'started'; folder: string };

export class TrainingForm {
  readonly #host: Host;
  readonly #redraw: () => void;
  readonly #training: Peek;
  readonly #validation: Peek;
  #state: TrainingPageState | undefined;
  #search: string;
  #modifiedOnly: boolean;
  readonly #open: Set<string>;
  /** After the first attempt to start, what is missing is said too. */
  #attempted = false;
  /** What the host found wrong with the values as they were then. */
  #refused: readonly ArgumentError[] = [];
  #starting: Starting = { kind: 'no' };

  constructor(host: Host, memory: Partial<FormMemory>, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#search = typeof memory.search === 'string' ? memory.search : '';
    this.#modifiedOnly = memory.modifiedOnly === true;
    this.#open = new Set(Array.isArray(memory.open) ? memory.open : []);
    const ask = (path: string, column: string, signal: AbortSignal) => host.call('peek', { path, column }, { signal });
    this.#training = new Peek(ask, redraw);
    this.#validation = new Peek(ask, redraw);
  }

  get ready(): boolean {
    return this.#state !== undefined;
  }

  get memory(): Omit<FormMemory, 'scroll'> {
    return { search: this.#search, modifiedOnly: this.#modifiedOnly, open: [...this.#open] };
  }

  accept(part: Partial<TrainingPageState>): void {
    if (!this.#state && !('runsFolder' in part && 'trusted' in part)) return;
    this.#state = { ...(this.#state as TrainingPageState), ...part };
    if (part.values) this.#refused = [];
  }

  render(): TemplateResult {
    const state = this.#state as TrainingPageState;
    const { values } = state;
    const path = (name: string) => (Array.isArray(values[name]) ? String(values[name][0] ?? '').trim() : '');
    const column = String(values.text_column ?? '').trim();
    this.#training.look(path('train_file'), column);
    this.#validation.look(path('validation_file'), column);
    const errors = this.#errors();
    const context: FieldContext = {
      values,
      errors: new Map([...errors].reverse().map(({ name, message }) => [name, message])),
      set: (name, value) => this.#set(name, value),
      reset: (name) => this.#reset(name),
    };
    const groups = Object.keys(GROUP_TITLES) as ArgumentGroup[];
    const sections = groups
      .map((group) => ({ group, content: this.#group(group, context) }))
      .filter(({ content }) => content !== nothing);
    return html`<main @keydown=${(event: KeyboardEvent) => this.#onKey(event)}>
      ${this.#head(state)}
      ${state.trusted ? nothing : this.#untrusted()}
      ${repeat(
        sections,
        ({ group }) => group,
        ({ content }) => content,
      )}
      ${sections.length > 0 ? nothing : html`<p class="none muted" role="status">No argument fits.</p>`}
      ${this.#foot(state, errors)}
    </main>`;
  }

  #head({ values }: TrainingPageState): TemplateResult {
    const modified = FORM_ARGUMENTS.filter((spec) => isModified(spec, values)).length;
    return html`<header>
      <h1>Fine-tune a masked language model</h1>
      <div class="search" role="search">
        ${textField({
          id: 'search',
          label: 'Search arguments',
          value: this.#search,
          placeholder: 'learning rate, eval, …',
          size: 30,
          onInput: (search) => {
            this.#search = search;
            this.#redraw();
          },
        })}
        ${checkbox({
          label: `Modified only (${modified})`,
          checked: this.#modifiedOnly,
          onChange: (checked) => {
            this.#modifiedOnly = checked;
            this.#redraw();
          },
        })}
        <span class="spring"></span>
        ${button({
          label: 'Reset all',
          icon: 'discard',
          title: 'Every argument back to its default',
          disabled: modified === 0,
          onClick: () => this.#remember({}),
        })}
      </div>
    </header>`;
  }

  #group(group: ArgumentGroup, context: FieldContext): TemplateResult | typeof nothing {
    const all = FORM_ARGUMENTS.filter((spec) => spec.group === group);
    const searching = this.#search.trim() !== '' || this.#modifiedOnly;
    const open = this.#open.has(group);
    const shown = all.filter((spec) => {
      if (searching)
        return matches(spec, this.#search.trim()) && (!this.#modifiedOnly || isModified(spec, context.values));
      if (isModified(spec, context.values) || context.errors.has(spec.name)) return true;
      // a text file has one column: there is nothing to choose
      if (spec.name === 'text_column' && !open) return (this.#columns()?.length ?? 0) > 0;
      return open || spec.common || spec.name === 'validation_split_percentage';
    });
    if (searching && shown.length === 0) return nothing;
    const hidden = all.length - shown.length;
    return html`<section class="group" aria-labelledby=${`group-${group}`}>
      <h2 id=${`group-${group}`}>${GROUP_TITLES[group]}</h2>
      <div class="settings">
        ${repeat(
          shown,
          ({ name }) => name,
          (spec) => this.#field(spec, context),
        )}
      </div>
      ${group === 'data' && !searching ? this.#dataNotes(context) : nothing}
      ${searching || (hidden === 0 && !open) ? nothing : this.#more(group, open, hidden)}
    </section>`;
  }

  #more(group: ArgumentGroup, open: boolean, hidden: number): TemplateResult {
    const toggle = () => {
      if (open) this.#open.delete(group);
      else this.#open.add(group);
      this.#redraw();
    };
    return html`<button type="button" class="more" aria-expanded=${open} @click=${toggle}>
      <span class="codicon codicon-chevron-${open ? 'down' : 'right'}" aria-hidden="true"></span>${
        open ? 'Fewer arguments' : `${hidden} more ${hidden === 1 ? 'argument' : 'arguments'}`
      }
    </button>`;
  }

  #field(spec: ArgumentSpec, context: FieldContext): TemplateResult {
    const { values } = context;
    const browse = (what: Browsed) => () => void this.#browse(what);
    const browseButton = (what: Browsed) =>
      button({ label: 'Browse…', title: `Choose ${what}`, onClick: browse(what) });
    switch (spec.name) {
      case 'model_name_or_path':
        return argumentField(spec, context, { choices: this.#models(), beside: browseButton('model_name_or_path') });
      case 'tokenizer_name':
        return argumentField(spec, context, { beside: browseButton('tokenizer_name') });
      case 'train_file':
        return html`${fileList(spec, context, browse('train_file'))}
          <div class="wide">${preview(this.#training.result, this.#training.waiting)}</div>`;
      case 'validation_file':
        return html`${fileList(spec, context, browse('validation_file'))}
          <div class="wide">${this.#validation.result?.error ? preview(this.#validation.result, false) : nothing}</div>`;
      case 'validation_split_percentage': {
        const own = Array.isArray(values.validation_file) && values.validation_file.some((path) => path.trim() !== '');
        return argumentField(
          spec,
          context,
          own ? { disabled: true, help: 'Not used: there is a validation_file.' } : {},
        );
      }
      case 'text_column': {
        const choices = this.#columns();
        return argumentField(spec, context, choices ? { choices } : {});
      }
      case 'output_dir':
        return argumentField(spec, context, { beside: browseButton('output_dir') });
      default:
        return argumentField(spec, context);
    }
  }

  #dataNotes({ values }: FieldContext): TemplateResult | typeof nothing {
    const strategy = FORM_ARGUMENTS.find(({ name }) => name === 'eval_strategy') as ArgumentSpec;
    if (fieldValue(strategy, values) !== 'no') return nothing;
    return html`<div class="note">
      ${notice('info', 'eval_strategy is “no”: the validation loss is measured only at the end of the run.')}
      ${button({ label: 'Measure it every epoch', onClick: () => this.#set('eval_strategy', 'epoch') })}
    </div>`;
  }

  #models(): readonly Choice[] {
    const models = this.#state?.models;
    const known = (models ?? []).filter(({ canPredict }) => canPredict);
    const choices = known.map(({ path, label, modelType }) => ({
      value: path,
      label: modelType && modelType !== 'bert' ? `${label} (${modelType})` : label,
    }));
    return choices.length > 0 ? choices : [{ value: 'bundled', label: 'Cloze BERT (bundled)' }];
  }

  /** The file's columns, once they are known. */
  #columns(): readonly Choice[] | null {
    const peek = this.#training.result;
    if (!peek || peek.error || peek.columns.length < 2) return null;
    const automatic = String(this.#state?.values.text_column ?? '') === '' && peek.textColumn;
    return [
      { value: '', label: automatic ? `automatic: ${automatic}` : 'automatic' },
      ...peek.columns.map((column) => ({ value: column, label: column })),
    ];
  }

  #untrusted(): TemplateResult {
    return html`<div class="note">
      ${notice('warning', 'Training waits until you trust this workspace. The form can be filled in meanwhile.')}
      ${button({ label: 'Manage Workspace Trust', onClick: () => this.#ask(this.#host.call('trust', null)) })}
    </div>`;
  }

  #foot(state: TrainingPageState, errors: readonly ArgumentError[]): TemplateResult {
    const starting = this.#starting;
    const busy = starting.kind === 'starting';
    return html`<footer>
      ${
        errors.length > 0
          ? html`<div class="errors" role="alert">
              <strong>${errors.length === 1 ? 'One thing is in the way:' : `${errors.length} things are in the way:`}</strong>
              <ul>
                ${errors.map(({ name, message }) => html`<li><a href="#" @click=${(event: Event) => this.#goTo(event, name)}>${message}</a></li>`)}
              </ul>
            </div>`
          : nothing
      }
      ${starting.kind === 'failed' ? notice('error', starting.message) : nothing}
      ${
        starting.kind === 'started'
          ? html`<div class="note" role="status">
              ${notice('info', 'Training has started in the background.')}
              ${button({ label: 'Open Chart', onClick: () => this.#ask(this.#host.call('openChart', { folder: starting.folder })) })}
            </div>`
          : nothing
      }
      <div class="start">
        ${button({
          label: busy ? 'Starting…' : 'Start Training',
          kind: 'primary',
          icon: 'play',
          title: 'Start in the background (Ctrl+Enter)',
          disabled: busy || !state.trusted,
          onClick: () => void this.#start(),
        })}
        ${busy ? html`<span class="late">${progressRing('Starting')}</span>` : nothing}
        ${button({
          label: 'Copy as Command Line',
          icon: 'terminal',
          title: 'The same run as a cloze train command, for this workspace’s terminals',
          onClick: () => this.#ask(this.#host.call('copyCommand', { values: state.values })),
        })}
        <span class="folder muted" title="Each run has a folder of its own">${runFolder(state)}</span>
      </div>
    </footer>`;
  }

  #errors(): readonly ArgumentError[] {
    const { values } = this.#state as TrainingPageState;
    const { errors = [] } = resolveArguments(modifiedValues(values));
    const said = errors.filter(
      ({ name, message }) => this.#attempted || name !== 'train_file' || !/empty/.test(message),
    );
    const others = this.#refused.filter(({ name }) => !said.some((error) => error.name === name));
    return [...said, ...others];
  }

  #set(name: string, value: FormValue): void {
    this.#remember({ ...this.#state?.values, [name]: value });
  }

  #reset(name: string): void {
    const { [name]: _, ...rest } = this.#state?.values ?? {};
    this.#remember(rest);
  }

  #remember(values: FormValues): void {
    if (!this.#state) return;
    this.#state = { ...this.#state, values };
    this.#refused = [];
    if (this.#starting.kind !== 'starting') this.#starting = { kind: 'no' };
    this.#ask(this.#host.call('remember', { values }));
    this.#redraw();
  }

  async #browse(what: Browsed): Promise<void> {
    const chosen = await this.#host.call('browse', { what }).catch(() => null);
    if (!chosen || chosen.length === 0) return;
    this.#set(what, what === 'train_file' || what === 'validation_file' ? chosen : (chosen[0] ?? ''));
  }

  async #start(): Promise<void> {
    const state = this.#state;
    if (!state?.trusted || this.#starting.kind === 'starting') return;
    this.#attempted = true;
    const [first] = this.#errors();
    if (first) {
      this.#redraw();
      this.#focus(first.name);
      return;
    }
    this.#starting = { kind: 'starting' };
    this.#redraw();
    try {
      const result = await this.#host.call('start', { values: state.values });
      this.#refused = result.errors ?? [];
      this.#starting = result.errors ? { kind: 'no' } : { kind: 'started', folder: result.folder };
      const [refused] = this.#refused;
      if (refused) this.#focus(refused.name);
    } catch (error) {
      const { message, wayOut } = error instanceof RemoteError ? error : { message: String(error), wayOut: undefined };
      this.#starting = { kind: 'failed', message: [message, wayOut].filter(Boolean).join(' ') };
    }
    this.#redraw();
  }

  #goTo(event: Event, name: string): void {
    event.preventDefault();
    this.#search = '';
    this.#modifiedOnly = false;
    this.#redraw();
    this.#focus(name);
  }

  /** After the next drawing, which may have to bring the field into the page first. */
  #focus(name: string): void {
    requestAnimationFrame(() => {
      const field = document.getElementById(fieldId(name));
      field?.scrollIntoView({ block: 'center' });
      const checkbox = field?.querySelector<HTMLElement>('vscode-checkbox');
      (checkbox ?? field)?.focus();
    });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.#start();
    }
  }

  /** Failures come as messages of the host: nothing to do with them here. */
  #ask(call: Promise<unknown>): void {
    call.catch(() => {});
  }
}
