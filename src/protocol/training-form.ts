// What the fine-tuning form knows of its arguments: values, defaults, what is modified, how it reads as a command.
import type { ArgumentValue } from './runs.ts';
import { type ArgumentGroup, type ArgumentSpec, TRAINING_ARGUMENTS } from './training-arguments.ts';
import type { FormValue, FormValues } from './training-page.ts';

export const GROUP_TITLES: Readonly<Record<ArgumentGroup, string>> = {
  model: 'Model',
  data: 'Data',
  masking: 'Masking',
  training: 'Training',
  optimizer: 'Optimizer',
  schedule: 'Learning rate schedule',
  evaluation: 'Evaluation',
  logging: 'Logging',
  saving: 'Saving',
  sharing: 'Sharing',
  run: 'Run',
};

/** Not asked for in the form: it always starts a new run. */
const NOT_IN_FORM: ReadonlySet<string> = new Set(['resume_from_checkpoint']);

export const FORM_ARGUMENTS: readonly ArgumentSpec[] = TRAINING_ARGUMENTS.filter(({ name }) => !NOT_IN_FORM.has(name));

/** What a field shows for its default. */
export function defaultText(value: ArgumentValue): string {
  return value === null ? '' : String(value);
}

/** The value of a field as it stands. */
export function fieldValue(spec: ArgumentSpec, values: FormValues): FormValue {
  const value = values[spec.name];
  if (spec.type === 'paths') return Array.isArray(value) ? value : [];
  if (spec.type === 'bool') return typeof value === 'boolean' ? value : spec.default === true;
  return typeof value === 'string' ? value : defaultText(spec.default);
}

/** Whether a field says something else than its default. */
export function isModified(spec: ArgumentSpec, values: FormValues): boolean {
  const value = fieldValue(spec, values);
  if (Array.isArray(value)) return value.some((path) => path.trim() !== '');
  if (typeof value === 'boolean') return value !== (spec.default === true);
  const typed = String(value).trim();
  if (typed === '' || typed === defaultText(spec.default)) return false;
  return !(typeof spec.default === 'number' && Number(typed) === spec.default);
}

/** Only what is modified and known, trimmed: what is remembered, and what a run is started with. */
export function modifiedValues(values: FormValues): FormValues {
  const kept = FORM_ARGUMENTS.filter((spec) => isModified(spec, values)).map((spec) => {
    const value = fieldValue(spec, values);
    if (Array.isArray(value)) return [spec.name, value.map((path) => path.trim()).filter((path) => path !== '')];
    return [spec.name, typeof value === 'string' ? value.trim() : value];
  });
  return Object.fromEntries(kept) as FormValues;
}

/** Whether a search for `words` finds the argument: every word in its name, help or group. */
export function matches(spec: ArgumentSpec, words: string): boolean {
  const text = `${spec.name} ${spec.help} ${GROUP_TITLES[spec.group]} ${spec.aliases?.join(' ') ?? ''}`.toLowerCase();
  const plain = text.replaceAll('_', ' ');
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word) || plain.includes(word));
}

/** The same run as a command: `cloze train --train_file notes.txt …`, with what is modified. */
export function trainCommand(values: FormValues, platform: 'windows' | 'posix'): string {
  const flags = Object.entries(modifiedValues(values)).map(([name, value]) => {
    if (Array.isArray(value)) return `--${name} ${value.map((path) => quote(path, platform)).join(' ')}`;
    return value === true ? `--${name}` : `--${name} ${quote(String(value), platform)}`;
  });
  return ['cloze train', ...flags].join(' ');
}

function quote(text: string, platform: 'windows' | 'posix'): string {
  if (/^[\w./:=@%+,\\-]+$/.test(text) && (platform === 'windows' || !text.includes('\\'))) return text;
  return platform === 'windows' ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
