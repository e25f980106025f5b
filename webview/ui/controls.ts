// The one module that knows which control library draws our pages (@vscode/webview-ui-toolkit, archived upstream):
// pages ask for a button or a field, so that its successor can take its place here.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

export interface ButtonOptions {
  readonly label: string;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary';
  /** Codicon name. */
  readonly icon?: string;
  readonly disabled?: boolean;
  /** Longer words on hover and for screen readers' description. */
  readonly title?: string;
}

export function button(options: ButtonOptions): TemplateResult {
  return html`<vscode-button
    appearance=${options.kind ?? 'secondary'}
    title=${options.title ?? nothing}
    ?disabled=${options.disabled ?? false}
    @click=${options.onClick}
    >${options.icon ? html`<span slot="start" class="codicon codicon-${options.icon}" aria-hidden="true"></span>` : nothing}${options.label}</vscode-button
  >`;
}

export interface IconButtonOptions {
  readonly label: string;
  readonly icon: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** Present: a toggle, pressed or not. */
  readonly pressed?: boolean;
}

/** A button that shows only an icon; `label` is its name and hover text. */
export function iconButton(options: IconButtonOptions): TemplateResult {
  return html`<vscode-button
    appearance="icon"
    class=${options.pressed ? 'pressed' : ''}
    title=${options.label}
    aria-label=${options.label}
    aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)}
    ?disabled=${options.disabled ?? false}
    @click=${options.onClick}
    ><span class="codicon codicon-${options.icon}" aria-hidden="true"></span></vscode-button
  >`;
}

export interface FieldOptions {
  readonly label: string;
  readonly value: string;
  /** Called at each key stroke, so that a value is judged as it is typed. */
  readonly onInput: (value: string) => void;
  /** Why the value cannot be used; shown below it and read aloud. */
  readonly error?: string | undefined;
  readonly help?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Width in characters. */
  readonly size?: number;
  /** Unique in the page; names the message for screen readers. */
  readonly id: string;
  readonly numeric?: boolean;
}

export function textField(options: FieldOptions): TemplateResult {
  return html`<div class="field">
    <vscode-text-field
      id=${options.id}
      aria-label=${options.label}
      aria-invalid=${options.error ? 'true' : 'false'}
      class=${options.error ? 'invalid' : ''}
      size=${options.size ?? 20}
      inputmode=${options.numeric ? 'decimal' : nothing}
      title=${options.help ?? nothing}
      placeholder=${options.placeholder ?? nothing}
      ?disabled=${options.disabled ?? false}
      .value=${live(options.value)}
      @input=${(event: Event) => options.onInput((event.target as HTMLInputElement).value)}
      >${options.label}</vscode-text-field
    >
    ${options.error ? html`<span class="field-message" role="alert">${options.error}</span>` : nothing}
  </div>`;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface DropdownOptions {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly id: string;
}

export function dropdown(options: DropdownOptions): TemplateResult {
  return html`<div class="field">
    <span class="field-label" aria-hidden="true">${options.label}</span>
    <vscode-dropdown
      id=${options.id}
      aria-label=${options.label}
      aria-description=${options.error ?? options.help ?? nothing}
      title=${options.help ?? nothing}
      ?disabled=${options.disabled ?? false}
      @change=${(event: Event) => options.onChange((event.target as HTMLSelectElement).value)}
      ${ref((element) => choose(element as HTMLSelectElement | undefined, options.value))}
    >
      ${repeat(
        options.choices,
        (choice) => choice.value,
        (choice) => html`<vscode-option value=${choice.value}>${choice.label}</vscode-option>`,
      )}
    </vscode-dropdown>
    ${options.error ? html`<span class="field-message" role="alert">${options.error}</span>` : nothing}
  </div>`;
}

/** The toolkit's dropdown learns of its options only after they were slotted, and takes no value that it does not know. */
function choose(element: HTMLSelectElement | undefined, value: string): void {
  if (!element) return;
  requestAnimationFrame(() => {
    if (element.value !== value) element.value = value;
  });
}

export interface CheckboxOptions {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: string;
  readonly disabled?: boolean;
}

export function checkbox(options: CheckboxOptions): TemplateResult {
  return html`<vscode-checkbox
    aria-label=${options.label}
    title=${options.help ?? nothing}
    .checked=${live(options.checked)}
    ?disabled=${options.disabled ?? false}
    @change=${(event: Event) => options.onChange((event.target as HTMLInputElement).checked)}
    >${options.label}</vscode-checkbox
  >`;
}

/** Turning ring; `label` says what is being waited for. */
export function progressRing(label: string): TemplateResult {
  return html`<vscode-progress-ring class="ring" role="progressbar" aria-label=${label}></vscode-progress-ring>`;
}

/** A codicon as decoration. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}
