// The way back through broadcasting: the gradient of a value that was stretched is the sum over its copies.
import type { Shape } from '../onnx/graph.ts';
import type { RuleContext } from './rule.ts';

/** Sums `gradient` to the shape of `value`. Costs nothing where the shapes are known to be equal. */
export function unbroadcast(rule: RuleContext, gradient: string, value: string): string {
  const from = rule.shape(gradient);
  const to = rule.shape(value);
  if (!from || !to || to.some((size) => size === null)) return unbroadcastAtRunTime(rule, gradient, value);
  const lead = from.length - to.length;
  const stretched = from.map((size, i) => (i < lead ? 'yes' : compare(size, to[i - lead] ?? null)));
  if (stretched.includes('unknown')) return unbroadcastAtRunTime(rule, gradient, value);
  const axes = stretched.flatMap((answer, i) => (answer === 'yes' ? [i] : []));
  if (axes.length === 0) return gradient;
  const { build } = rule;
  const leadOnly = axes.every((axis) => axis < lead) && axes.length === lead;
  const summed = build.op('ReduceSum', [gradient, build.int64s(axes)], { keepdims: leadOnly ? 0 : 1 });
  return leadOnly || lead === 0 ? summed : build.op('Squeeze', [summed, build.int64s(range(lead))], {}, { shape: to });
}

/** Whether an axis of the gradient came from an axis of 1. */
function compare(size: Shape[number], original: Shape[number]): 'yes' | 'no' | 'unknown' {
  if (size !== null && size === original) return 'no';
  if (original === 1) return 'yes';
  // an axis known to be over 1 cannot have been stretched
  return typeof original === 'number' ? 'no' : 'unknown';
}

/** The same with nothing known: sums over every axis where the value, its shape filled up with ones in front, has 1. */
function unbroadcastAtRunTime(rule: RuleContext, gradient: string, value: string): string {
  const { build } = rule;
  const from = rule.shapeOf(gradient);
  const to = rule.shapeOf(value);
  const missing = build.op('Sub', [build.op('Size', [from]), build.op('Size', [to])]);
  const ones = build.op('ConstantOfShape', [build.op('Unsqueeze', [missing, build.int64s([0])])], {
    value: { dtype: 'int64', shape: [1], bytes: new Uint8Array(new BigInt64Array([1n]).buffer) },
  });
  const filled = build.op('Concat', [ones, to], { axis: 0 });
  const isOne = build.op('Equal', [filled, build.scalar(1, 'int64')]);
  const axes = build.op('Squeeze', [build.op('NonZero', [isOne]), build.int64s([0])]);
  const summed = build.op('ReduceSum', [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return build.op(
    'Reshape',
    [summed, to],
    { allowzero: build.opset >= 14 ? 1 : undefined },
    { shape: rule.shape(value) },
  );
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
