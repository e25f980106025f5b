// What a model card tells of a run's losses. Source: transformers, modelcard.py (parse_log_history, make_markdown_table).
import type { LogEntry } from '../protocol/runs.ts';
import { roundedFloat } from './python-number.ts';

/** One evaluation as a row: its cells by column, as text. */
export type ResultRow = Readonly<Record<string, string>>;

export interface TrainingResults {
  /** The evaluations during training, with the training loss last logged before each. */
  readonly rows: readonly ResultRow[];
  /** The last evaluation's metrics by their names for people; null when there was none. */
  readonly evaluation: Readonly<Record<string, string>> | null;
}

/** Of how fast it was and where it stood a card says nothing. */
const NO_METRIC: readonly string[] = [
  ...['epoch', 'step', 'total_flos'],
  ...['eval_runtime', 'eval_samples_per_second', 'eval_steps_per_second'],
];

/** As Trainer reads its log history; a history of a run that is still going on is read up to where it stands. */
export function trainingResults(history: readonly LogEntry[]): TrainingResults {
  const end = history.findIndex((entry) => entry.train_runtime !== undefined);
  const rows: ResultRow[] = [];
  let loss = 'No log';
  for (const entry of end < 0 ? history : history.slice(0, end)) {
    if (entry.loss !== undefined) loss = roundedFloat(entry.loss);
    if (entry.eval_loss === undefined) continue;
    const place = { Epoch: roundedFloat(entry.epoch ?? 0), Step: String(entry.step) };
    rows.push({ 'Training Loss': loss, ...place, ...metrics(entry, 'Validation Loss') });
  }
  const last = history.findLast((entry) => entry.eval_loss !== undefined);
  return { rows, evaluation: last ? metrics(last, 'Loss') : null };
}

/** `eval_accuracy` is Accuracy; the loss is named `lossName`. */
function metrics(entry: LogEntry, lossName: string): Record<string, string> {
  const kept = Object.entries(entry).filter(([key]) => !NO_METRIC.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key === 'eval_loss' ? lossName : wordsOf(key), roundedFloat(value)]),
  );
}

function wordsOf(key: string): string {
  const words = key.replace(/^eval_/, '').split('_');
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()).join(' ');
}

/** A Markdown table, its columns as wide as their widest cell; empty for no rows. */
export function markdownTable(rows: readonly ResultRow[]): string {
  const [first] = rows;
  if (!first) return '';
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => (row[name] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, i) => `| ${cell.padEnd(widths[i] ?? 0)} `).join('')}|\n`;
  const rule = `${widths.map((width) => `|:${'-'.repeat(width)}:`).join('')}|\n`;
  return line(columns) + rule + rows.map((row) => line(columns.map((name) => row[name] ?? ''))).join('');
}
