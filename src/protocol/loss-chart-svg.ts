// The loss chart as an SVG picture on white, for export and for the command line.
import { type LossPoint, lossSeries, smooth, type XAxis } from './loss-series.ts';
import type { LogEntry } from './runs.ts';
import { ticks } from './ticks.ts';

export interface SvgOptions {
  readonly title: string;
  readonly axis?: XAxis;
  /** Logarithmic loss axis. */
  readonly log?: boolean;
  /** Weight on the past, 0 (off) to below 1; the raw curve stays behind the smooth one. */
  readonly smoothing?: number;
  readonly width?: number;
  readonly height?: number;
}

const MARGIN = { top: 44, right: 24, bottom: 46, left: 64 };
const TRAINING = '#1a6fb5';
const VALIDATION = '#c2571a';

export function lossChartSvg(history: readonly LogEntry[], options: SvgOptions): string {
  const { title, axis = 'epoch', log = false, smoothing = 0, width = 800, height = 480 } = options;
  const { training, validation, best } = lossSeries(history, axis);
  const shown = [...training, ...validation].filter(({ y }) => y !== null && (!log || y > 0));
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const [x0, x1] = range(shown.map(({ x }) => x));
  const [y0, y1] = padded(range(shown.map(({ y }) => scaled(Number(y), log))));
  const px = (x: number) => MARGIN.left + ((x - x0) / (x1 - x0)) * inner.width;
  const py = (y: number) => MARGIN.top + (1 - (scaled(y, log) - y0) / (y1 - y0)) * inner.height;
  const place = ({ x, y }: LossPoint) => `${px(x).toFixed(1)},${py(Number(y)).toFixed(1)}`;
  const line = (points: readonly LossPoint[], color: string, opacity = 1) =>
    segments(points, log).map((segment) =>
      segment.length === 1
        ? dot(segment[0] as LossPoint, color)
        : `<polyline points="${segment.map(place).join(' ')}" fill="none" stroke="${color}" stroke-width="2" stroke-opacity="${opacity}" stroke-linejoin="round"/>`,
    );
  const dot = (point: LossPoint, color: string, radius = 3) => {
    const [cx, cy] = place(point).split(',');
    return `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${color}"/>`;
  };
  const right = MARGIN.left + inner.width;
  const bottom = MARGIN.top + inner.height;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="15" font-weight="600" fill="#111">${escapeXml(title)}</text>`,
    ...ticks(x0, x1, 8).map(
      (x) =>
        `<line x1="${px(x).toFixed(1)}" x2="${px(x).toFixed(1)}" y1="${bottom}" y2="${bottom + 4}" stroke="#888"/><text x="${px(x).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${x}</text>`,
    ),
    ...lossTicks(y0, y1, log).map(
      (y) =>
        `<line x1="${MARGIN.left}" x2="${right}" y1="${py(y).toFixed(1)}" y2="${py(y).toFixed(1)}" stroke="#e4e4e4"/><text x="${MARGIN.left - 8}" y="${(py(y) + 4).toFixed(1)}" text-anchor="end">${y}</text>`,
    ),
    `<line x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="#888"/>`,
    `<text x="${(MARGIN.left + right) / 2}" y="${height - 10}" text-anchor="middle">${axis === 'epoch' ? 'Epoch' : 'Step'}</text>`,
    `<text transform="translate(18 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">Loss${log ? ' (logarithmic)' : ''}</text>`,
    ...line(training, TRAINING, smoothing > 0 ? 0.3 : 1),
    ...(smoothing > 0 ? line(smooth(training, smoothing), TRAINING) : []),
    ...line(validation, VALIDATION),
    ...validation.filter(({ y }) => y !== null && (!log || y > 0)).map((point) => dot(point, VALIDATION)),
    ...(best && (!log || Number(best.y) > 0) ? bestMark(best, px(best.x), py(Number(best.y)), right) : []),
    ...legend(right),
    ...(shown.length === 0
      ? [
          `<text x="${(MARGIN.left + right) / 2}" y="${(MARGIN.top + bottom) / 2}" text-anchor="middle">Nothing logged yet</text>`,
        ]
      : []),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function legend(right: number): string[] {
  const entry = (x: number, color: string, name: string) =>
    `<line x1="${x}" x2="${x + 22}" y1="20" y2="20" stroke="${color}" stroke-width="2"/><text x="${x + 28}" y="24">${name}</text>`;
  return [entry(right - 246, TRAINING, 'Training loss'), entry(right - 120, VALIDATION, 'Validation loss')];
}

function bestMark(best: LossPoint, x: number, y: number, right: number): string[] {
  const atEdge = x > right - 90;
  return [
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="6" fill="none" stroke="${VALIDATION}" stroke-width="2"/>`,
    `<text x="${(atEdge ? x - 10 : x + 10).toFixed(1)}" y="${(y - 10).toFixed(1)}" text-anchor="${atEdge ? 'end' : 'start'}" fill="${VALIDATION}">best ${Number(best.y).toPrecision(4)}</text>`,
  ];
}

/** Runs of points without a gap. */
function segments(points: readonly LossPoint[], log: boolean): LossPoint[][] {
  const runs: LossPoint[][] = [[]];
  for (const point of points) {
    if (point.y === null || (log && point.y <= 0)) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 0);
}

function lossTicks(low: number, high: number, log: boolean): number[] {
  if (!log) return ticks(low, high, 6);
  const linear = ticks(10 ** low, 10 ** high, 6);
  return linear.filter((value) => value > 0);
}

function scaled(y: number, log: boolean): number {
  return log ? Math.log10(y) : y;
}

function range(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(low)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function padded([low, high]: [number, number]): [number, number] {
  const space = (high - low) * 0.06;
  return [low - space, high + space];
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (mark) => entities[mark] ?? mark);
}
