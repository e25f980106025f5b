// Adding slices into zeros: the way back of every lookup.
import type { RuleContext } from './rule.ts';

/**
 * Zeros with `size` places along `axis`, into which slice i of `g` is added at place `indices[i]`.
 * g [.., n, ..], indices [n], size [1]. ScatterND would add wrongly at repeated indices; ScatterElements adds rightly.
 */
export function scatterAlong(
  r: RuleContext,
  g: string,
  indices: string,
  size: string,
  axis: number,
  repeats: boolean,
): string {
  const { build } = r;
  const rank = r.shape(g)?.length;
  if (rank === undefined) throw r.unsupported(`${r.input(0)}, whose rank is not known`);
  const at = axis < 0 ? axis + rank : axis;
  const shape = r.shapeOf(g);
  const place = build.int64s([at]);
  const whole = build.op('ScatterElements', [shape, place, size], { axis: 0 });
  const column = build.op('Unsqueeze', [indices, build.int64s(range(rank).filter((i) => i !== at))]);
  const spread = build.op('Expand', [column, shape]);
  return addElements(r, whole, spread, g, at, repeats);
}

/** Zeros of a shape, with `updates` added (or, without repeats, put) at `indices` along `axis`. */
export function addElements(
  r: RuleContext,
  shape: string,
  indices: string,
  updates: string,
  axis: number,
  repeats = true,
): string {
  const { build } = r;
  const zeros = build.op('Expand', [r.scalar(0, updates), shape]);
  const reduction = repeats ? 'add' : undefined;
  return build.op('ScatterElements', [zeros, indices, updates], { axis, reduction });
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
