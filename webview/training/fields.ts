// One argument as a field: its name, its control by type, what it means, what is wrong with it, a way back.
import { html, nothing, type TemplateResult } from 'lit';
import type { ArgumentSpec } from '../../src/protocol/training-arguments.ts';
import { defaultText, fieldValue, isModified } from '../../src/protocol/training-form.ts';
import type { FormValue, FormValues } from '../../src/protocol/training-page.ts';
import { type Choice, checkbox, dropdown, iconButton, textField } from '../ui/controls.ts';

export interface FieldContext {
  readonly values: FormValues;
  /** What is wrong, by argument. */
  readonly errors: ReadonlyMap<string, string>;
  set(name: string, value: FormValue): void;
  reset(name: string): void;
}

export interface FieldExtras {
  /** Chosen from instead of typed. */
  readonly choices?: readonly Choice[];
  readonly disabled?: boolean;
  /** In place of the argument's own help. */
  readonly help?: string;
  /** Beside the control, such as Browse…. */
  readonly beside?: TemplateResult;
}

export const fieldId = (name: string) => `argument-${name}`;

export function argumentField(spec: ArgumentSpec, context: FieldContext, extras: FieldExtras = {}): TemplateResult {
  return setting(
    spec,
    context,
    html`<div class="control">${control(spec, context, extras)}${extras.beside ?? nothing}</div>`,
    extras.help,
  );
}

/** The frame around an argument's control: modified mark, way back, help. */
export function setting(
  spec: ArgumentSpec,
  { values, reset }: FieldContext,
  control: TemplateResult,
  help = spec.help,
): TemplateResult {
  const modified = isModified(spec, values);
  const width = spec.type === 'paths' ? 'wide' : spec.type === 'path' || spec.group === 'model' ? 'broad' : '';
  return html`<div class="setting ${modified ? 'modified' : ''} ${width}">
    ${control}
    ${
      modified
        ? html`<span class="reset">${iconButton({
            label: `Reset ${spec.name} to ${defaultText(spec.default) || 'empty'}`,
            icon: 'discard',
            onClick: () => reset(spec.name),
          })}</span>`
        : nothing
    }
    <p class="help">${help}${modified && defaultText(spec.default) !== '' ? html` <span class="default">Default: ${defaultText(spec.default)}.</span>` : nothing}</p>
  </div>`;
}

function control(spec: ArgumentSpec, context: FieldContext, extras: FieldExtras): TemplateResult {
  const { name, type, help } = spec;
  const value = fieldValue(spec, context.values);
  const error = context.errors.get(name);
  const disabled = extras.disabled ?? false;
  const id = fieldId(name);
  if (type === 'bool') {
    return html`<span id=${id} class="check" tabindex="-1"
      >${checkbox({ label: name, checked: value === true, help, disabled, onChange: (checked) => context.set(name, checked) })}
      ${error ? html`<span class="field-message" role="alert">${error}</span>` : nothing}</span
    >`;
  }
  const choices = extras.choices ?? spec.choices?.map((choice) => ({ value: choice, label: choice }));
  if (choices) {
    const known = choices.some((choice) => choice.value === value);
    const all = known ? choices : [...choices, { value: String(value), label: String(value) }];
    const onChange = (chosen: string) => context.set(name, chosen);
    return dropdown({ id, label: name, value: String(value), choices: all, help, error, disabled, onChange });
  }
  return textField({
    id,
    label: name,
    value: String(value),
    error,
    help,
    disabled,
    numeric: type === 'int' || type === 'float',
    placeholder: placeholderOf(spec),
    size: 24,
    onInput: (typed) => context.set(name, typed),
  });
}

function placeholderOf({ type, default: fallback }: ArgumentSpec): string {
  if (fallback !== null) return String(fallback);
  return type === 'int' || type === 'float' ? 'automatic' : '';
}
