// A log history in the form that uPlot draws: one row a logged place, and each loss as a column over these rows.
import {
  bestPoint,
  type ChartEntry,
  type ChartView,
  type LossSeries,
  lossSeries,
  smoothed,
} from '../../src/protocol/loss-series.ts';

/** undefined: nothing logged there, the line goes on. null: logged, but it cannot be drawn, the line breaks. */
export type Column = readonly (number | null | undefined)[];

export interface PlotLine {
  readonly key: string;
  readonly label: string;
  readonly kind: LossSeries['kind'];
  readonly values: Column;
  /** Present for the training loss while smoothing is on. */
  readonly smooth: Column | null;
  /** Row of its lowest value, for validation losses. */
  readonly best: number | null;
  /** Rows where a value was logged that is not a finite number. */
  readonly broken: readonly number[];
}

export interface PlotRow {
  readonly x: number;
  /** Indices of the entries drawn at this place, in the log's order. */
  readonly entries: readonly number[];
}

export interface PlotModel {
  readonly rows: readonly PlotRow[];
  readonly lines: readonly PlotLine[];
  /** Values of 0 and below, which a logarithmic axis cannot show. */
  readonly notOnLogAxis: number;
}

export function plotModel(entries: readonly ChartEntry[], { axis, log, smoothing }: ChartView): PlotModel {
  const series = lossSeries(entries, axis);
  const { rows, rowOf } = rowsOf(series, entries);
  let notOnLogAxis = 0;
  const shown = (value: number | null) => {
    if (!log || value === null || value > 0) return value;
    notOnLogAxis++;
    return null;
  };
  const lines = series.map((line): PlotLine => {
    const { key, label, kind, points } = line;
    const column = (values: readonly (number | null)[]) => {
      const cells = new Array<number | null | undefined>(rows.length).fill(undefined);
      points.forEach(({ entry }, i) => {
        cells[rowOf(entry)] = shown(values[i] ?? null);
      });
      return cells;
    };
    const values = points.map(({ y }) => y);
    const best = kind === 'validation' ? bestPoint(line) : null;
    const drawn = column(values);
    const smooth = kind === 'training' && smoothing > 0 ? column(smoothed(values, smoothing)) : null;
    return {
      key,
      label,
      kind,
      values: drawn,
      smooth,
      best: best && drawn[rowOf(best.entry)] != null ? rowOf(best.entry) : null,
      broken: points.filter(({ y }) => y === null).map(({ entry }) => rowOf(entry)),
    };
  });
  return { rows, lines, notOnLogAxis };
}

/** What an entry of each loss says at a row, for reading: [label, value]; NaN where it is no number. */
export function valuesAt(model: PlotModel, row: number, entries: readonly ChartEntry[]): [PlotLine, number | null][] {
  const place = model.rows[row];
  if (!place) return [];
  return model.lines.flatMap((line) => {
    const logged = place.entries.map((index) => entries[index]).findLast((entry) => entry && line.key in entry);
    return logged ? [[line, logged[line.key] ?? null] as [PlotLine, number | null]] : [];
  });
}

/** Entries of one step (or epoch, in logs without steps) share a row: a training and a validation loss, say. */
function rowsOf(series: readonly LossSeries[], entries: readonly ChartEntry[]) {
  const places = new Map<string, { x: number; entries: number[] }>();
  const keyOf = (entry: number) => `${entries[entry]?.step ?? ''} ${entries[entry]?.epoch ?? ''}`;
  for (const { points } of series) {
    for (const { x, entry } of points) {
      const key = keyOf(entry);
      const place = places.get(key) ?? { x, entries: [] };
      places.set(key, place);
      if (!place.entries.includes(entry)) place.entries.push(entry);
    }
  }
  const sorted = [...places.entries()].sort(([, a], [, b]) => a.x - b.x || first(a.entries) - first(b.entries));
  for (const [, place] of sorted) place.entries.sort((a, b) => a - b);
  const index = new Map(sorted.map(([key], i) => [key, i]));
  return {
    rows: sorted.map(([, place]) => place),
    rowOf: (entry: number) => index.get(keyOf(entry)) as number, // every point's entry was given a row
  };
}

function first(entries: readonly number[]): number {
  return entries[0] ?? 0;
}
