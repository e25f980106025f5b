// Gradients of lookups: every place adds its gradient to the row that it came from.
import type { Rule, RuleContext } from './rule.ts';
import { addElements, scatterAlong } from './scatter.ts';

/** y = x[.., indices, ..] along an axis: dx = scatter-add of g; where the way back is known, dx = g[inverse]. */
export const gather: Rule = (r) => {
  const { build } = r;
  const known = r.inverses.get(r.input(1));
  if (known && r.int('axis', 0) === 0) {
    const back = build.op('Gather', [r.g, known.inverse], { axis: 0 });
    return [known.valid ? r.mul(back, known.valid) : back];
  }
  const x = r.input(0);
  const rank = rankOf(r, x);
  const axis = (r.int('axis', 0) + rank) % rank;
  const shape = r.shapeOf(x);
  const size = build.op('Gather', [shape, build.int64s([axis])], { axis: 0 });
  const indices = build.op('Reshape', [r.input(1), build.int64s([-1])]);
  // however the indices are shaped, their places lie one after the other
  const count = build.op('Unsqueeze', [build.op('Size', [indices]), build.int64s([0])]);
  const flat = build.op('ScatterElements', [shape, build.int64s([axis]), count], { axis: 0 });
  const g = build.op('Reshape', [r.g, flat], {}, { shape: Array.from({ length: rank }, () => null) });
  const full = scatterAlong(r, g, indices, size, axis, true);
  return [build.op('Reshape', [full, shape], {}, { shape: r.shape(x) })];
};

/** y[.., i, ..] = x[.., indices[.., i, ..], ..]: dx = scatter-add of g */
export const gatherElements: Rule = (r) => [addElements(r, r.shapeOf(r.input(0)), r.input(1), r.g, r.int('axis', 0))];

/** y = x[indices[.., :]]: as a Gather over x with its first axes made one. */
export const gatherND: Rule = (r) => {
  const { build } = r;
  if (r.int('batch_dims', 0) !== 0) throw r.unsupported('batch_dims');
  const x = r.input(0);
  const rank = rankOf(r, x);
  const depth = r.shape(r.input(1))?.at(-1);
  if (typeof depth !== 'number') throw r.unsupported('indices whose last size is not known');
  const shape = r.shapeOf(x);
  const size = (axis: number) => build.op('Gather', [shape, build.scalar(axis, 'int64')], { axis: 0 });
  const coordinate = (axis: number) => {
    const index = build.op('Gather', [r.input(1), build.scalar(axis, 'int64')], { axis: -1 });
    const below = build.op('Less', [index, build.scalar(0, 'int64')]);
    return build.op('Where', [below, r.add(index, size(axis)), index]);
  };
  let flat = coordinate(0);
  let count = size(0);
  for (let axis = 1; axis < depth; axis++) {
    flat = r.add(r.mul(flat, size(axis)), coordinate(axis));
    count = r.mul(count, size(axis));
  }
  const list = build.int64s([0]);
  const unlisted = { shape: Array.from({ length: rank - depth + 1 }, () => null) };
  const rest = build.op('Slice', [shape, build.int64s([depth]), build.int64s([rank])]);
  const rows = build.op('Concat', [build.int64s([-1]), rest], { axis: 0 });
  const g = build.op('Reshape', [r.g, rows], {}, unlisted);
  const indices = build.op('Reshape', [flat, build.int64s([-1])]);
  const full = scatterAlong(r, g, indices, build.op('Unsqueeze', [count, list]), 0, true);
  return [build.op('Reshape', [full, shape], {}, { shape: r.shape(x) })];
};

function rankOf(r: RuleContext, value: string): number {
  const shape = r.shape(value);
  if (!shape) throw r.unsupported(`${value}, whose rank is not known`);
  return shape.length;
}
