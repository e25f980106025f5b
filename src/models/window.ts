// Which keys a query sees where attention is local.
import type { Tensor } from '../session/session.ts';
import { type Layout, NEVER } from './layout.ts';
import type { WindowSite } from './network.ts';
import type { FlatBatch } from './types.ts';

/** 0 where |query - key| <= window, a very negative number elsewhere. [1 or rows, 1, length or queries, length] */
export function windowFeed({ queries, window }: WindowSite, layout: Layout, batch: FlatBatch): Tensor {
  const { length, rows } = layout;
  const bias = (count: number) => new Float32Array(count * length).fill(NEVER);
  const see = (data: Float32Array, line: number, place: number) =>
    data.fill(0, line * length + Math.max(0, place - window), line * length + Math.min(length, place + window + 1));
  if (queries === 'tokens') {
    const data = bias(length);
    for (let place = 0; place < length; place++) see(data, place, place);
    return { data, shape: [1, 1, length, length] };
  }
  const data = bias(rows * layout.queries);
  // a line that no query uses must still see something: its softmax would be 0/0
  for (let line = 0; line < rows * layout.queries; line++) see(data, line, 0);
  let start = 0;
  let next = 0;
  for (const [row, size] of batch.lengths.entries()) {
    const count = layout.maskedLengths[row] ?? 0;
    for (let i = 0; i < count; i++, next++) {
      const line = row * layout.queries + i;
      data.fill(NEVER, line * length, (line + 1) * length);
      see(data, line, (batch.maskedPositions[next] ?? 0) - start);
    }
    start += size;
  }
  return { data, shape: [rows, 1, layout.queries, length] };
}
