// A tensor's numbers up close: a window of them, and the rows of an embedding that are near one of its rows.
import { breathe, throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import type { TensorSlice, TensorWindow } from '../protocol/model.ts';
import type { Numbers } from './numbers.ts';
import type { TensorView } from './tensor-view.ts';

/** Numbers of a window at the most. */
const MOST = 10_000;

/** All but the last dimension are rows; the window is cut to what is there. */
export async function readWindow(tensor: TensorView, window: TensorWindow): Promise<TensorSlice> {
  const { allRows, allColumns } = matrixSize(tensor);
  const [row, rows] = cut(window.row, window.rows, allRows);
  const [column, columns] = cut(window.column, window.columns, allColumns);
  if (rows * columns > MOST) {
    throw new ClozeError('bad-argument', `${rows} × ${columns} numbers are too many.`, `Ask for ${MOST} at most.`);
  }
  const values: number[][] = [];
  for (let at = row; at < row + rows; at++) {
    values.push(Array.from(await tensor.read(at * allColumns + column, at * allColumns + column + columns)));
  }
  return { allRows, allColumns, row, rows, column, columns, values };
}

function matrixSize({ shape }: TensorView): { readonly allRows: number; readonly allColumns: number } {
  const allColumns = shape.at(-1) ?? 1;
  return { allRows: shape.slice(0, -1).reduce((product, size) => product * size, 1), allColumns };
}

function cut(from: number, count: number, all: number): readonly [number, number] {
  const start = Math.max(0, Math.min(Math.trunc(from) || 0, all - 1));
  return [start, Math.max(0, Math.min(Math.trunc(count) || 0, all - start))];
}

/** The `count` other rows of a matrix [rows, width] with the largest cosine to `row`, best first; rows of zeros have none. */
export async function nearestRows(
  tensor: TensorView,
  row: number,
  count: number,
  signal?: AbortSignal,
): Promise<readonly { readonly row: number; readonly cosine: number }[]> {
  const { allRows, allColumns: width } = matrixSize(tensor);
  throwIfCancelled(signal);
  if (!Number.isInteger(row) || row < 0 || row >= allRows) {
    throw new ClozeError('bad-argument', `${tensor.name} has no row ${row}.`, `Give a row from 0 to ${allRows - 1}.`);
  }
  const target = await tensor.read(row * width, (row + 1) * width);
  const best: { row: number; cosine: number }[] = [];
  const length = norm(target, 0, width);
  // some MB at once
  const step = Math.max(1, Math.floor((1 << 20) / width));
  for (let from = 0; from < allRows; from += step) {
    const to = Math.min(allRows, from + step);
    const rows = await tensor.read(from * width, to * width);
    for (let other = from; other < to; other++) {
      if (other === row) continue;
      const cosine = dot(rows, (other - from) * width, target) / (length * norm(rows, (other - from) * width, width));
      if (!Number.isFinite(cosine)) continue;
      const worst = best[count - 1];
      if (worst && worst.cosine >= cosine) continue;
      const place = best.findIndex((one) => one.cosine < cosine);
      best.splice(place < 0 ? best.length : place, 0, { row: other, cosine });
      best.length = Math.min(best.length, count);
    }
    await breathe(signal);
  }
  return best;
}

function dot(a: Numbers, from: number, b: Numbers): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[from + i] as number) * (b[i] as number);
  return sum;
}

function norm(a: Numbers, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += (a[i] as number) ** 2;
  return Math.sqrt(sum);
}
