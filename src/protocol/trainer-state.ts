// Reads the log history out of a trainer_state.json, whichever version of transformers wrote it.
import { ClozeError } from '../base/errors.ts';
import type { ChartEntry } from './loss-series.ts';

/** The entries of `text`; `name` is the file's, for the errors. Python's bare NaN and Infinity become null. */
export function readTrainerState(text: string, name: string): ChartEntry[] {
  const history = historyIn(parsePython(text, name));
  if (!history) {
    throw new ClozeError(
      'bad-input',
      `${name} holds no log history.`,
      'Choose the trainer_state.json of a run or of one of its checkpoints.',
    );
  }
  return history.filter(isRecord).map(toEntry);
}

/** The numbers of one logged entry; text and nested values are left out. */
export function toEntry(raw: Readonly<Record<string, unknown>>): ChartEntry {
  const entry: Record<string, number | null> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === 'number') entry[key] = Number.isFinite(value) ? value : null;
    else if (value === null) entry[key] = null;
  }
  return entry;
}

/** JSON as Python's json.dumps writes it, which knows NaN, Infinity and -Infinity. */
function parsePython(text: string, name: string): unknown {
  const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (match) =>
    match.startsWith('"') ? match : 'null',
  );
  try {
    return JSON.parse(strict);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClozeError('bad-input', `${name} is not JSON (${why}).`, 'It may be cut off; choose another checkpoint.');
  }
}

/** Under log_history as Trainer writes it; else the first list whose items look like logged entries. */
function historyIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return looksLogged(value) ? value : null;
  if (!isRecord(value)) return null;
  if (Array.isArray(value.log_history)) return value.log_history;
  return Object.values(value).find((item): item is unknown[] => Array.isArray(item) && looksLogged(item)) ?? null;
}

function looksLogged(items: readonly unknown[]): boolean {
  return items.length > 0 && items.every((item) => isRecord(item) && ('step' in item || 'epoch' in item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
