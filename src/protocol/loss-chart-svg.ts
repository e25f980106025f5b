// A loss chart as an SVG picture on white: for the export, for the command line, for a README. Pure code.
import { linearTicks, logTicks, tickText } from './chart-ticks.ts';
import {
  bestPoint,
  type ChartAxis,
  type ChartEntry,
  type ChartView,
  type LossPoint,
  type LossSeries,
  lossSeries,
  smoothed,
} from './loss-series.ts';

export interface LossChartPicture extends Partial<ChartView> {
  readonly title: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** Told apart without colour vision too, and by dashes. */
const TRAINING = '#1f6fb2';
const VALIDATION = ['#c8500a', '#2e8540', '#8245a8', '#8a6d00', '#b0266f', '#00798c'];
const INK = '#24292f';
const MUTED = '#57606a';
const GRID = '#e3e6ea';
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const MARGIN = { top: 74, right: 28, bottom: 54, left: 66 };

/** Training and validation loss of `entries`; a picture that says so when there is nothing to draw. */
export function lossChartSvg(entries: readonly ChartEntry[], picture: LossChartPicture): string {
  const { title, axis = 'epoch', log = false, smoothing = 0, width = 960, height = 540 } = picture;
  const series = lossSeries(entries, axis);
  const frame = frameOf(series, log, width, height);
  const body = frame
    ? [gridLines(frame, axis, log), ...series.map((line, i) => drawLine(line, colorOf(series, i), frame, smoothing))]
    : [text(width / 2, height / 2, 'No loss was logged.', { anchor: 'middle', color: MUTED })];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="${FONT}" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN.left, 30, title, { size: 17, weight: 600 }),
    legend(series, smoothing),
    ...body,
    '</svg>\n',
  ].join('\n');
}

/** Places values in the plotting area. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly x: (value: number) => number;
  /** null where the axis cannot show the value: 0 and below on a logarithmic one. */
  readonly y: (value: number) => number | null;
}

function frameOf(series: readonly LossSeries[], log: boolean, width: number, height: number): Frame | null {
  const points = series.flatMap((line) => line.points);
  const ys = points.flatMap(({ y }) => (y !== null && (!log || y > 0) ? [y] : []));
  if (ys.length === 0) return null;
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = height - MARGIN.bottom;
  const xRange = span(points.map(({ x }) => x));
  const yRange = padded(span(ys), log);
  const scale = log ? Math.log : (value: number) => value;
  const [low, high] = [scale(yRange[0]), scale(yRange[1])];
  return {
    left,
    right,
    top,
    bottom,
    xRange,
    yRange,
    x: (value) => left + ((value - xRange[0]) / (xRange[1] - xRange[0])) * (right - left),
    y: (value) => (log && value <= 0 ? null : bottom - ((scale(value) - low) / (high - low)) * (bottom - top)),
  };
}

function span(values: readonly number[]): readonly [number, number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min < max ? [min, max] : [min - 0.5, max + 0.5];
}

function padded([min, max]: readonly [number, number], log: boolean): readonly [number, number] {
  if (log) {
    const low = min > 0 ? min : max / 10;
    const room = (max / low) ** 0.06;
    return [low / room, max * room];
  }
  const room = (max - min) * 0.06;
  return [min >= 0 && min < room ? 0 : min - room, max + room];
}

function gridLines(frame: Frame, axis: ChartAxis, log: boolean): string {
  const { left, right, top, bottom, xRange, yRange } = frame;
  const parts: string[] = [];
  for (const tick of log ? logTicks(...yRange, 7) : linearTicks(...yRange, 7)) {
    const y = frame.y(tick) ?? bottom;
    parts.push(line(left, y, right, y, GRID), text(left - 10, y + 4, tickText(tick), { anchor: 'end', color: MUTED }));
  }
  for (const tick of linearTicks(...xRange, 9)) {
    const x = frame.x(tick);
    parts.push(line(x, bottom, x, bottom + 5, MUTED));
    parts.push(text(x, bottom + 20, tickText(tick), { anchor: 'middle', color: MUTED }));
  }
  parts.push(line(left, bottom, right, bottom, MUTED));
  const middle = (left + right) / 2;
  parts.push(text(middle, bottom + 42, axis === 'epoch' ? 'Epoch' : 'Step', { anchor: 'middle', color: INK }));
  const up = (top + bottom) / 2;
  parts.push(
    `<g transform="rotate(-90 18 ${round(up)})">${text(18, up, `Loss (nats${log ? ', log scale' : ''})`, { anchor: 'middle', color: INK })}</g>`,
  );
  return parts.join('\n');
}

function drawLine(series: LossSeries, color: string, frame: Frame, smoothing: number): string {
  const { points, kind, key } = series;
  const values = points.map(({ y }) => y);
  const smooth = kind === 'training' && smoothing > 0 ? smoothed(values, smoothing) : null;
  const parts = [path(points, values, frame, `stroke="${color}" stroke-width="2"${smooth ? ' opacity="0.3"' : ''}`)];
  if (smooth) parts.push(path(points, smooth, frame, `stroke="${color}" stroke-width="2"`));
  const dots = points.length <= 60 ? points : [];
  for (const { x, y } of dots) {
    const at = y === null ? null : frame.y(y);
    if (at !== null) parts.push(dot(frame.x(x), at, kind, smooth ? 2 : 3, color));
  }
  for (const { x, y } of points) if (y === null) parts.push(cross(frame.x(x), frame.bottom - 8, color));
  const best = kind === 'validation' ? bestPoint(series) : null;
  if (best) parts.push(bestMark(best, frame, color, key === 'eval_loss'));
  return `<g data-series="${escapeXml(key)}">\n${parts.join('\n')}\n</g>`;
}

/** A line through the finite values; one that is not finite breaks it. */
function path(points: readonly LossPoint[], values: readonly (number | null)[], frame: Frame, style: string): string {
  let pen = 'M';
  let d = '';
  points.forEach(({ x }, i) => {
    const value = values[i] ?? null;
    const y = value === null ? null : frame.y(value);
    if (y === null) {
      pen = 'M';
      return;
    }
    d += `${pen}${round(frame.x(x))} ${round(y)}`;
    pen = 'L';
  });
  return `<path d="${d}" fill="none" stroke-linejoin="round" stroke-linecap="round" ${style}/>`;
}

/** Filled for training, hollow for validation. */
function dot(x: number, y: number, kind: LossSeries['kind'], radius: number, color: string): string {
  const fill = kind === 'training' ? color : '#ffffff';
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}" stroke="${color}" stroke-width="1.5"/>`;
}

function bestMark({ x, y }: LossPoint, frame: Frame, color: string, named: boolean): string {
  const at = y === null ? null : frame.y(y);
  if (at === null) return '';
  const cx = frame.x(x);
  const ring = `<circle cx="${round(cx)}" cy="${round(at)}" r="6.5" fill="none" stroke="${color}" stroke-width="2"/>`;
  if (!named) return ring;
  const before = cx > (frame.left + frame.right) / 2;
  const below = at < frame.bottom - 40;
  const label = `best ${y?.toFixed(4)}`;
  const place = [cx + (before ? -4 : 4), at + (below ? 24 : -14)] as const;
  return `${ring}\n${text(...place, label, { anchor: before ? 'end' : 'start', color, weight: 600, halo: true })}`;
}

function legend(series: readonly LossSeries[], smoothing: number): string {
  let x = MARGIN.left;
  const parts: string[] = [];
  series.forEach((one, i) => {
    const label = one.kind === 'training' && smoothing > 0 ? `${one.label}, smoothed ${smoothing}` : one.label;
    parts.push(`<path d="M${x} 52h22" stroke="${colorOf(series, i)}" stroke-width="3"/>`);
    parts.push(text(x + 29, 56, label, { color: INK }));
    x += 29 + label.length * 7.2 + 22;
  });
  return parts.join('\n');
}

function colorOf(series: readonly LossSeries[], index: number): string {
  if (series[index]?.kind === 'training') return TRAINING;
  const place = series.slice(0, index).filter(({ kind }) => kind === 'validation').length;
  return VALIDATION[place % VALIDATION.length] ?? INK;
}

function cross(x: number, y: number, color: string): string {
  return `<path d="M${round(x - 4)} ${round(y - 4)}l8 8m0 -8l-8 8" stroke="${color}" stroke-width="2"><title>not a number</title></path>`;
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${color}"/>`;
}

interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly color?: string;
  readonly size?: number;
  readonly weight?: number;
  /** White around the letters, over lines. */
  readonly halo?: boolean;
}

function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor = 'start', color = INK, size, weight, halo } = style;
  const extra = [
    size ? ` font-size="${size}"` : '',
    weight ? ` font-weight="${weight}"` : '',
    halo ? ' paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"' : '',
  ].join('');
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${color}"${extra}>${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function escapeXml(content: string): string {
  const legal = content.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
