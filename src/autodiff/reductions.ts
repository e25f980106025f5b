// Gradients of reductions: what was summed away is spread out again.
import type { Rule, RuleContext } from './rule.ts';

/** y = Σ x: dx = g */
export const sum: Rule = (r) => [isNoop(r) ? r.g : spread(r, r.g, true)];

/** y = mean x: dx = g / n */
export const mean: Rule = (r) => {
  const { build } = r;
  const count = build.op('Div', [build.op('Size', [r.input(0)]), build.op('Size', [r.output()])]);
  return [isNoop(r) ? r.g : spread(r, r.div(r.g, build.op('CastLike', [count, r.g])), true)];
};

/** y = max or min x: g goes where y came from, in equal parts where several were equal */
export const extreme: Rule = (r) => {
  if (isNoop(r)) return [r.g];
  const { build } = r;
  const hits = build.op('CastLike', [build.op('Equal', [r.input(0), spread(r, r.output())]), r.g]);
  const ties = reduceAlike(r, hits);
  return [r.mul(hits, spread(r, r.div(r.g, ties)))];
};

/** y = ln Σ eˣ: dx = g e^(x - y) */
export const logSumExp: Rule = (r) => [
  r.mul(spread(r, r.g), r.build.op('Exp', [r.sub(r.input(0), spread(r, r.output()))])),
];

/** y = ln Σ x: dx = g e^-y */
export const logSum: Rule = (r) => [spread(r, r.mul(r.g, r.build.op('Exp', [r.neg(r.output())])), true)];

/** y = Σ x²: dx = 2 g x */
export const sumSquare: Rule = (r) => [r.mul(spread(r, r.mul(r.g, r.scalar(2, r.g))), r.input(0))];

/** y = Σ |x|: dx = g sign x */
export const l1: Rule = (r) => [r.mul(spread(r, r.g), r.build.op('Sign', [r.input(0)]))];

/** y = √Σ x²: dx = g x / y, 0 at 0 */
export const l2: Rule = (r) => {
  const positive = r.build.op('Greater', [r.output(), r.scalar(0, r.g)]);
  const safe = r.build.op('Where', [positive, r.output(), r.scalar(1, r.g)]);
  return [r.mul(spread(r, r.div(r.g, safe)), r.input(0))];
};

/** Gives a reduced value back its axes, as 1 or, when `full`, stretched to the input's shape. */
function spread(r: RuleContext, value: string, full = false): string {
  const { build } = r;
  const axes = axesOf(r);
  let kept = value;
  // without axes everything was reduced, and a single number broadcasts as it is
  if (r.int('keepdims', 1) === 0 && axes) kept = build.op('Unsqueeze', [value, axes]);
  if (!full) return kept;
  return build.op('Expand', [kept, r.shapeOf(r.input(0))], {}, { shape: r.shape(r.input(0)) });
}

/** Sums `value`, shaped as the input, over the axes that this node reduced. */
function reduceAlike(r: RuleContext, value: string): string {
  const axes = axesOf(r);
  return r.build.op('ReduceSum', axes ? [value, axes] : [value], { keepdims: r.int('keepdims', 1) });
}

/** The reduced axes as a value, whether the operator set gives them as an input or as an attribute. */
function axesOf(r: RuleContext): string | undefined {
  const listed = r.hasInput(1) ? r.build.values(r.input(1)) : r.ints('axes');
  if (listed) return listed.length > 0 ? r.build.int64s(listed) : undefined;
  if (!r.hasInput(1)) return undefined;
  // an empty list would mean all axes: only the graph's run could tell
  if (r.build.type(r.input(1)).shape?.[0] === undefined) throw r.unsupported('axes that are not known beforehand');
  return r.input(1);
}

const isNoop = (r: RuleContext): boolean => r.int('noop_with_empty_axes', 0) === 1 && axesOf(r) === undefined;
