// From log history to the two curves of the loss chart. Pure code for page, export and command line.
import type { LogEntry } from './runs.ts';

export type XAxis = 'epoch' | 'step';

export interface LossPoint {
  readonly x: number;
  readonly step: number;
  /** null: it was logged, but not as a number (NaN, infinite): the curve has a gap there. */
  readonly y: number | null;
}

export interface LossSeries {
  /** Entries with a "loss", in order. Entries without one belong to other series and are dropped. */
  readonly training: readonly LossPoint[];
  /** Entries with an "eval_loss". */
  readonly validation: readonly LossPoint[];
  /** The lowest validation loss. */
  readonly best: LossPoint | null;
}

export function lossSeries(history: readonly LogEntry[], axis: XAxis): LossSeries {
  const validation = pointsOf(history, 'eval_loss', axis);
  const measured = validation.filter(({ y }) => y !== null);
  const best = measured.reduce<LossPoint | null>(
    (lowest, point) => (lowest === null || Number(point.y) < Number(lowest.y) ? point : lowest),
    null,
  );
  return { training: pointsOf(history, 'loss', axis), validation, best };
}

/**
 * Exponential moving average with weight `w` (0 to 1) on the past, debiased so that it starts at the first value:
 * m ← w·m + (1−w)·y, shown m / (1 − wⁿ). Gaps stay gaps. Source: Kingma and Ba, "Adam" (2015), §3.
 */
export function smooth(points: readonly LossPoint[], w: number): LossPoint[] {
  let average = 0;
  let correction = 1;
  return points.map((point) => {
    if (point.y === null) return point;
    average = w * average + (1 - w) * point.y;
    correction *= w;
    return { ...point, y: average / (1 - correction) };
  });
}

/** The keys of all entries: epoch and step first, the losses next, the rest as they come. */
export function historyColumns(history: readonly LogEntry[]): string[] {
  const first = ['step', 'epoch', 'loss', 'eval_loss'];
  const all = new Set(history.flatMap((entry) => Object.keys(entry)));
  return [...first.filter((key) => all.delete(key)), ...all];
}

/** The log history as CSV, a missing value empty. */
export function historyCsv(history: readonly LogEntry[]): string {
  const columns = historyColumns(history);
  const rows = history.map((entry) => columns.map((key) => entry[key] ?? '').join(','));
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`;
}

function pointsOf(history: readonly LogEntry[], key: string, axis: XAxis): LossPoint[] {
  return history
    .filter((entry) => key in entry && typeof entry[axis] === 'number')
    .map((entry) => {
      const y = entry[key];
      return { x: Number(entry[axis]), step: entry.step, y: typeof y === 'number' && Number.isFinite(y) ? y : null };
    });
}
