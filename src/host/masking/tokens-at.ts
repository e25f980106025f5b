// Which tokens a selection in the editor touches.
import type { TokenColumn } from '../../protocol/masking.ts';

/**
 * First and last column that the units from `start` up to `end` of the text touch; null when they touch none. A cursor
 * (`start` equals `end`) touches the token behind it, at a token's end the token before it.
 */
export function tokensAt(
  columns: readonly TokenColumn[],
  start: number,
  end: number,
): { readonly first: number; readonly last: number } | null {
  const touched = indicesWhere(columns, (column) => column.start < Math.max(end, start + 1) && column.end > start);
  const before = start === end ? indicesWhere(columns, (column) => column.end === start) : [];
  const [first, last] = touched.length > 0 ? [touched[0], touched.at(-1)] : [before[0], before.at(-1)];
  return first === undefined || last === undefined ? null : { first, last };
}

/** Special tokens have no place in the text. */
function indicesWhere(columns: readonly TokenColumn[], holds: (column: TokenColumn) => boolean): readonly number[] {
  return columns.flatMap((column, index) => (column.end > column.start && holds(column) ? [index] : []));
}
