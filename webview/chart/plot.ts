// The plot: uPlot in the theme's colours, with the best points and the breaks marked, and one cursor for mouse and keys.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { linearTicks, logTicks, tickText } from '../../src/protocol/chart-ticks.ts';
import type { ChartView } from '../../src/protocol/loss-series.ts';
import type { PlotLine, PlotModel } from './plot-model.ts';
import { type ChartColors, chartColors } from './theme-colors.ts';

export interface PlotEvents {
  /** The row under the cursor; null when there is none. */
  cursor(row: number | null): void;
  /** Whether only a part of the x axis is shown. */
  zoom(zoomed: boolean): void;
}

/** Points are drawn as dots as long as there are not more of them. */
const MOST_DOTS = 120;

export class LossPlot {
  readonly #box: HTMLElement;
  readonly #events: PlotEvents;
  readonly #resized: ResizeObserver;
  #plot: uPlot | null = null;
  #model: PlotModel = { rows: [], lines: [], notOnLogAxis: 0 };
  #shape = '';
  #view: ChartView | undefined;
  #colors: ChartColors = chartColors();
  #zoomed = false;
  /** The row that keys put the cursor on: new points must not carry it away. */
  #held: number | null = null;
  #quiet = false;

  constructor(box: HTMLElement, events: PlotEvents) {
    this.#box = box;
    this.#events = events;
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(box);
  }

  show(model: PlotModel, view: ChartView): void {
    this.#model = model;
    this.#view = view;
    const shape = JSON.stringify([view.axis, view.log, model.lines.map(({ key, smooth }) => [key, smooth !== null])]);
    if (this.#plot && shape === this.#shape) {
      const plot = this.#plot;
      this.#quiet = this.#held !== null;
      // a part that somebody zoomed into stays in sight while new points come
      plot.batch(() => plot.setData(aligned(model), !this.#zoomed));
      if (this.#zoomed) plot.redraw();
      this.#quiet = false;
      if (this.#held !== null) this.setCursor(this.#held);
    } else {
      this.#shape = shape;
      this.rebuild();
    }
  }

  /** Builds the plot anew: another scale, other lines, or other colours. */
  rebuild(): void {
    this.#colors = chartColors();
    this.#plot?.destroy();
    this.#setZoomed(false);
    this.#plot = new uPlot(this.#options(), aligned(this.#model), this.#box);
    this.#plot.root.setAttribute('aria-hidden', 'true');
  }

  /** The colour that a line has, for the legend. */
  colorOf(line: PlotLine): string {
    if (line.kind === 'training') return this.#colors.training;
    const place = this.#model.lines.filter(({ kind }) => kind === 'validation').indexOf(line);
    const { validation } = this.#colors;
    return validation[Math.max(0, place) % validation.length] ?? this.#colors.text;
  }

  /** Puts the cursor on a row, or takes it away. */
  setCursor(row: number | null): void {
    this.#held = row;
    const plot = this.#plot;
    const place = row === null ? undefined : this.#model.rows[row];
    if (!plot || row === null || !place) {
      plot?.setCursor({ left: -10, top: -10 }, false);
      return;
    }
    const value = this.#model.lines.map(({ smooth, values }) => (smooth ?? values)[row]).find((y) => y != null);
    plot.setCursor({ left: plot.valToPos(place.x, 'x'), top: value == null ? 0 : plot.valToPos(value, 'y') }, false);
  }

  /** Where a row is drawn, in pixels from the left of the plot's box; null out of sight. */
  leftOf(row: number): number | null {
    const plot = this.#plot;
    const place = this.#model.rows[row];
    if (!plot || !place) return null;
    const left = plot.valToPos(place.x, 'x');
    return left < 0 || left > plot.over.clientWidth ? null : left + plot.over.offsetLeft;
  }

  resetZoom(): void {
    this.#plot?.setData(aligned(this.#model), true);
    this.#setZoomed(false);
  }

  dispose(): void {
    this.#resized.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width > 0 && height > 0) this.#plot?.setSize({ width, height });
  }

  #onCursor({ cursor }: uPlot): void {
    if (this.#quiet) return;
    this.#held = null;
    this.#events.cursor((cursor.left ?? -1) < 0 ? null : (cursor.idx ?? null));
  }

  #isPart({ scales }: uPlot): boolean {
    const { rows } = this.#model;
    const [first, last] = [rows[0]?.x, rows.at(-1)?.x];
    const { min, max } = scales.x ?? {};
    if (first === undefined || last === undefined || min == null || max == null) return false;
    return min > first || max < last;
  }

  #setZoomed(zoomed: boolean): void {
    if (zoomed === this.#zoomed) return;
    this.#zoomed = zoomed;
    this.#events.zoom(zoomed);
  }

  #options(): uPlot.Options {
    const { log = false, axis = 'epoch' } = this.#view ?? {};
    const { text, grid, font } = this.#colors;
    const look = { stroke: text, font: `12px ${font}`, labelFont: `12px ${font}`, labelSize: 18, gap: 6 };
    const ticks = (low: number, high: number, count: number) =>
      (log ? logTicks : linearTicks)(low, high, Math.max(2, count));
    return {
      width: Math.max(200, this.#box.clientWidth),
      height: Math.max(140, this.#box.clientHeight),
      padding: [12, 18, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: 6 },
        points: { size: 9, width: 2, fill: () => this.#colors.background },
        // where no loss was logged at this row there is no dot either
        dataIdx: (plot, series, row) => (plot.data[series]?.[row] == null ? null : row) as number,
      },
      scales: { x: { time: false, range: widened }, y: { distr: log ? 3 : 1, range: log ? paddedLog : padded } },
      axes: [
        {
          ...look,
          label: axis === 'epoch' ? 'Epoch' : 'Step',
          size: 30,
          grid: { show: false },
          ticks: { stroke: grid, width: 1, size: 5 },
          splits: (plot, _axis, low, high) => linearTicks(low, high, plot.bbox.width / devicePixelRatio / 90),
          values: (_plot, splits) => splits.map(tickText),
        },
        {
          ...look,
          label: log ? 'Loss (nats, log scale)' : 'Loss (nats)',
          size: 58,
          grid: { stroke: grid, width: 1 },
          ticks: { show: false },
          splits: (plot, _axis, low, high) => ticks(low, high, plot.bbox.height / devicePixelRatio / 45),
          values: (_plot, splits) => splits.map(tickText),
          filter: (_plot, splits) => splits,
        },
      ],
      series: [{}, ...this.#model.lines.flatMap((line) => this.#seriesOf(line))],
      hooks: {
        draw: [(plot) => this.#mark(plot)],
        setCursor: [(plot) => this.#onCursor(plot)],
        setScale: [(plot, scale) => scale === 'x' && this.#setZoomed(this.#isPart(plot))],
      },
    };
  }

  /** Two for a smoothed line: the raw one, faint, behind it. */
  #seriesOf(line: PlotLine): uPlot.Series[] {
    const stroke = this.colorOf(line);
    const hollow = line.kind === 'validation';
    const points = {
      show: () => line.smooth === null && this.#countOf(line.key) <= MOST_DOTS,
      size: hollow ? 7 : 5,
      width: 1.5,
      stroke,
      fill: hollow ? this.#colors.background : stroke,
    };
    const raw: uPlot.Series = { label: line.label, stroke, width: 2, points };
    if (!line.smooth) return [raw];
    return [
      { ...raw, width: 1.5, alpha: 0.4 },
      { label: `${line.label}, smoothed`, stroke, width: 2, points: { show: false } },
    ];
  }

  /** How many values a line has by now. */
  #countOf(key: string): number {
    const values = this.#model.lines.find((line) => line.key === key)?.values ?? [];
    return values.reduce((sum: number, value) => sum + (value == null ? 0 : 1), 0);
  }

  #mark(plot: uPlot): void {
    const unit = devicePixelRatio;
    const { ctx, bbox } = plot;
    const { rows, lines } = this.#model;
    ctx.save();
    ctx.lineWidth = 2 * unit;
    for (const line of lines) {
      const color = this.colorOf(line);
      ctx.strokeStyle = color;
      const xOf = (row: number) => plot.valToPos(rows[row]?.x ?? 0, 'x', true);
      for (const row of line.broken) {
        const x = xOf(row);
        if (x >= bbox.left && x <= bbox.left + bbox.width) cross(ctx, x, bbox.top + bbox.height - 9 * unit, 4 * unit);
      }
      const y = line.best === null ? null : line.values[line.best];
      if (line.best === null || y == null) continue;
      const [x, top] = [xOf(line.best), plot.valToPos(y, 'y', true)];
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.arc(x, top, 7.5 * unit, 0, 2 * Math.PI);
      ctx.stroke();
      if (line.key === 'eval_loss') this.#nameBest(plot, x, top, `best ${y.toFixed(4)}`, color);
    }
    ctx.restore();
  }

  #nameBest({ ctx, bbox }: uPlot, x: number, y: number, label: string, color: string): void {
    const unit = devicePixelRatio;
    const before = x > bbox.left + bbox.width / 2;
    const below = y < bbox.top + bbox.height - 36 * unit;
    const place = [x + (before ? -4 : 4) * unit, y + (below ? 22 : -13) * unit] as const;
    ctx.font = `600 ${12 * unit}px ${this.#colors.font}`;
    ctx.textAlign = before ? 'right' : 'left';
    ctx.lineJoin = 'round';
    // a rim of background keeps it readable over lines
    ctx.strokeStyle = this.#colors.background;
    ctx.lineWidth = 4 * unit;
    ctx.strokeText(label, ...place);
    ctx.fillStyle = color;
    ctx.fillText(label, ...place);
    ctx.lineWidth = 2 * unit;
  }
}

function aligned({ rows, lines }: PlotModel): uPlot.AlignedData {
  const columns = lines.flatMap(({ values, smooth }) => (smooth ? [values, smooth] : [values]));
  return [rows.map(({ x }) => x), ...columns] as uPlot.AlignedData;
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}

/** A single place is shown in the middle. */
function widened(_plot: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function padded(_plot: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const room = low === high ? 0.5 : (high - low) * 0.07;
  return [low >= 0 && low < room ? 0 : low - room, high + room];
}

function paddedLog(_plot: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [0.1, 10];
  const room = low === high ? 2 : (high / low) ** 0.07;
  return [low / room, high * room];
}
