// A log history as the lines of a loss chart: pure code, shared by the chart page, the SVG and their tests.

/** An entry of log_history as it travels: null is a value that was logged but is no finite number (NaN, Infinity). */
export type ChartEntry = Readonly<Record<string, number | null>>;

export type ChartAxis = 'epoch' | 'step';

/** How a chart is looked at; remembered with its panel. */
export interface ChartView {
  readonly axis: ChartAxis;
  readonly log: boolean;
  /** Weight of the past in the smoothed training loss, from 0 (off) to below 1. */
  readonly smoothing: number;
}

export const DEFAULT_CHART_VIEW: ChartView = { axis: 'epoch', log: false, smoothing: 0 };

export interface LossPoint {
  /** Epoch or step. */
  readonly x: number;
  /** null: logged, but not a finite number. */
  readonly y: number | null;
  /** Index of its entry in the log history. */
  readonly entry: number;
}

export interface LossSeries {
  /** Name in the log: `loss`, `eval_loss`, `eval_<data set>_loss`. */
  readonly key: string;
  readonly label: string;
  readonly kind: 'training' | 'validation';
  /** Ascending in x. What an entry does not hold is left out, so each line runs through its own points. */
  readonly points: readonly LossPoint[];
}

/** Every loss that the entries hold, training first. Entries without the axis' value are left out. */
export function lossSeries(entries: readonly ChartEntry[], axis: ChartAxis): LossSeries[] {
  const points = new Map<string, LossPoint[]>();
  entries.forEach((values, entry) => {
    const x = values[axis];
    if (typeof x !== 'number' || !Number.isFinite(x)) return;
    for (const [key, value] of Object.entries(values)) {
      if (!isLoss(key)) continue;
      const y = typeof value === 'number' && Number.isFinite(value) ? value : null;
      const line = points.get(key) ?? [];
      points.set(key, line);
      line.push({ x, y, entry });
    }
  });
  const keys = [...points.keys()].sort((a, b) => order(a) - order(b));
  return keys.map((key) => ({
    key,
    label: labelOf(key),
    kind: key === 'loss' ? 'training' : 'validation',
    points: (points.get(key) ?? []).sort((a, b) => a.x - b.x || a.entry - b.entry),
  }));
}

/** The axes that the entries can be drawn against; old logs have no step. */
export function availableAxes(entries: readonly ChartEntry[]): ChartAxis[] {
  return (['epoch', 'step'] as const).filter((axis) => entries.some((entry) => typeof entry[axis] === 'number'));
}

/** The first point with the lowest value, null when there is none. */
export function bestPoint({ points }: LossSeries): LossPoint | null {
  let best: LossPoint | null = null;
  for (const point of points) {
    if (point.y !== null && (best === null || best.y === null || point.y < best.y)) best = point;
  }
  return best;
}

/**
 * Exponential moving average with the bias of its start taken out, as TensorBoard draws it:
 * s_n = (w s_{n-1} + (1 - w) y_n), shown as s_n / (1 - w^n). Values that are not finite are passed over.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0;
  let count = 0;
  return values.map((value) => {
    if (value === null) return null;
    count++;
    sum = weight * sum + (1 - weight) * value;
    return sum / (1 - weight ** count);
  });
}

function isLoss(key: string): boolean {
  return key === 'loss' || key === 'eval_loss' || /^eval_.+_loss$/.test(key);
}

function order(key: string): number {
  return key === 'loss' ? 0 : key === 'eval_loss' ? 1 : 2;
}

function labelOf(key: string): string {
  if (key === 'loss') return 'Training loss';
  if (key === 'eval_loss') return 'Validation loss';
  return `Validation loss, ${key.slice('eval_'.length, -'_loss'.length)}`;
}
