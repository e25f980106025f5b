// A log history as a table: the columns that are there, cells as text, CSV and JSON. Pure code for page and export.
import type { ChartEntry } from './loss-series.ts';

/** These come first, in this order; the rest as they appear. */
const FIRST = ['step', 'epoch', 'loss', 'eval_loss', 'learning_rate', 'grad_norm'];

/** The names of all values that some entry holds. */
export function logColumns(entries: readonly ChartEntry[]): string[] {
  const present = new Set<string>();
  for (const entry of entries) for (const name of Object.keys(entry)) present.add(name);
  return [...FIRST.filter((name) => present.has(name)), ...[...present].filter((name) => !FIRST.includes(name))];
}

/** A value for reading: short, and NaN where it was logged but is no number; empty where there is none. */
export function cellText(name: string, value: number | null | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'NaN';
  if (Number.isInteger(value)) return Math.abs(value) >= 1e15 ? value.toExponential(3) : String(value);
  if (name === 'epoch') return String(Number(value.toFixed(2)));
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return value.toExponential(3);
  return value.toFixed(size >= 1000 ? 1 : 4);
}

/** Comma-separated, one line an entry, with full precision; empty where there is no value. */
export function logCsv(entries: readonly ChartEntry[]): string {
  const columns = logColumns(entries);
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (entry: ChartEntry) =>
    columns.map((name) => (entry[name] === undefined ? '' : String(entry[name] ?? 'NaN'))).join(',');
  return `${[columns.map(field).join(','), ...entries.map(line)].join('\n')}\n`;
}

/** As trainer_state.json holds it; what was not a number is null. */
export function logJson(entries: readonly ChartEntry[]): string {
  return `${JSON.stringify({ log_history: entries }, null, 2)}\n`;
}
