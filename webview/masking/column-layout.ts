// Where each column of the grid lies: widths measured by their text, summed once, searched by place.
import type { GridRow } from './grid-row.ts';
import { partsText } from './readable.ts';

const PADDING = 20;
const NARROWEST = 44;
const WIDEST = 340;

export interface ColumnLayout {
  /** Left edges in pixels, and the total width as last element. [columns + 1] */
  readonly edges: Float64Array;
  /** The column that covers `x`, the first or last one beyond the ends. */
  at(x: number): number;
}

/** Lays out `count` columns so that each is as wide as its widest cell (and its heading) needs. */
export function layOutColumns(
  count: number,
  rows: readonly GridRow[],
  heading: (index: number) => string,
  measure: (text: string) => number,
): ColumnLayout {
  const edges = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) {
    let widest = measure(heading(index));
    for (const row of rows) widest = Math.max(widest, measure(partsText(row.cell(index).parts)));
    const width = Math.min(Math.max(Math.ceil(widest) + PADDING, NARROWEST), WIDEST);
    edges[index + 1] = (edges[index] ?? 0) + width;
  }
  return { edges, at: (x) => columnAt(edges, x) };
}

/** Measures text in `font`; in a monospaced font plain text is only counted. */
export function textMeasure(font: string): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * 8;
  context.font = font;
  const narrow = context.measureText('i').width;
  const monospaced = Math.abs(narrow - context.measureText('W').width) < 0.01;
  return (text) => (monospaced && /^[ -~]*$/.test(text) ? text.length * narrow : context.measureText(text).width);
}

function columnAt(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= x) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}
