// Gradients of operators that only move, repeat or leave out elements.
import type { GraphBuilder } from '../onnx/builder.ts';
import { dataTypeCode } from '../onnx/data-types.ts';
import type { Rule, RuleContext } from './rule.ts';
import { scatterAlong } from './scatter.ts';
import { unbroadcast } from './unbroadcast.ts';

/** The elements stay in order: the gradient takes the input's shape. Reshape, Squeeze, Unsqueeze, Flatten. */
export const reshape: Rule = (r) => [reshapeLike(r, r.g, r.input(0))];

export const identity: Rule = (r) => [r.g];

/** Between real types the gradient is cast back; through whole numbers none flows. */
export const cast: Rule = (r) => {
  const from = r.dtype(r.input(0));
  if (!REAL.has(from) || !REAL.has(r.dtype(r.output()))) return [];
  return [r.build.op('Cast', [r.g], { to: dataTypeCode(from) })];
};

const REAL = new Set(['float32', 'float64', 'float16', 'bfloat16']);

/** Back by the inverse permutation. */
export const transpose: Rule = (r) => {
  const perm = r.ints('perm');
  if (!perm) return [r.build.op('Transpose', [r.g])];
  const inverse = perm.map((_, i) => perm.indexOf(i));
  return [r.build.op('Transpose', [r.g], { perm: inverse })];
};

/** Each copy's gradient, summed. */
export const expand: Rule = (r) => [unbroadcast(r, r.g, r.input(0))];

/** y repeats x along each axis: dx sums over the repetitions. */
export const tile: Rule = (r) => {
  const { build } = r;
  const rank = r.shape(r.input(0))?.length;
  if (rank === undefined) throw r.unsupported(`${r.input(0)}, whose rank is not known`);
  const shape = r.shapeOf(r.input(0));
  const pair = (value: string) => build.op('Unsqueeze', [value, build.int64s([1])]);
  const pairs = build.op('Concat', [pair(r.input(1)), pair(shape)], { axis: 1 });
  const split = build.op('Reshape', [r.g, build.op('Reshape', [pairs, build.int64s([-1])])], {
    allowzero: zero(build),
  });
  const copies = build.int64s(Array.from({ length: rank }, (_, i) => 2 * i));
  return [build.op('ReduceSum', [split, copies], { keepdims: 0 }, { shape: r.shape(r.input(0)) })];
};

/** Each part gets its slice of the gradient. */
export const concat: Rule = (r) => {
  const { build } = r;
  const inputs = r.node.inputs;
  const axis = r.int('axis', 0);
  const lengths = inputs.map((_, i) => sizeAt(r, r.input(i), axis));
  const sizes = lengths.length === 1 ? (lengths[0] as string) : build.op('Concat', lengths, { axis: 0 });
  // from opset 18 on the number of parts is an attribute where no sizes are given; here they are
  return build.ops('Split', [r.g, sizes], { axis }, { outputs: inputs.length });
};

/** The parts' gradients side by side; a part that nobody used counts as zeros. */
export const split: Rule = (r) => {
  const parts = r.node.outputs.map((output, i) => r.gradient(i) ?? zerosLike(r, output));
  return [r.build.op('Concat', parts, { axis: r.int('axis', 0) }, { shape: r.shape(r.input(0)) })];
};

/** Puts the gradient back where the slice was taken, zeros elsewhere; one axis after the other, any step. */
export const slice: Rule = (r) => {
  const { build } = r;
  const x = r.input(0);
  const count = build.values(r.input(1))?.length ?? r.shape(r.input(1))?.[0];
  if (typeof count !== 'number') throw r.unsupported('a number of slices that is not known beforehand');
  const axes = r.hasInput(3) ? build.values(r.input(3)) : Array.from({ length: count }, (_, i) => i);
  if (!axes) throw r.unsupported('axes that are not known beforehand');
  const one = (name: string, i: number) => build.op('Gather', [name, build.int64s([i])], { axis: 0 });
  let g = r.g;
  axes.forEach((axis, i) => {
    const size = sizeAt(r, x, axis);
    const all = build.op('Range', [build.scalar(0, 'int64'), build.op('Squeeze', [size]), build.scalar(1, 'int64')]);
    const bounds = [one(r.input(1), i), one(r.input(2), i), build.int64s([0])];
    const steps = r.hasInput(4) ? [one(r.input(4), i)] : [];
    const places = build.op('Slice', [
      all,
      ...bounds.map((bound) => like64(build, bound)),
      ...steps.map((s) => like64(build, s)),
    ]);
    g = scatterAlong(r, g, places, size, axis, false);
  });
  return [reshapeLike(r, g, x)];
};

/** Constant padding: what was added is cut off again. */
export const pad: Rule = (r) => {
  const mode = r.string('mode', 'constant');
  if (mode !== 'constant') throw r.unsupported(`mode "${mode}"`);
  const inputs = [r.g, r.build.op('Neg', [r.input(1)])];
  if (r.hasInput(3)) inputs.push('', r.input(3));
  return [r.build.op('Pad', inputs, {}, { shape: r.shape(r.input(0)) })];
};

/** The same triangle of the gradient. */
export const trilu: Rule = (r) => {
  const inputs = r.hasInput(1) ? [r.g, r.input(1)] : [r.g];
  return [r.build.op('Trilu', inputs, { upper: r.int('upper', 1) })];
};

function reshapeLike(r: RuleContext, value: string, like: string): string {
  return r.build.op('Reshape', [value, r.shapeOf(like)], { allowzero: zero(r.build) }, { shape: r.shape(like) });
}

/** A size of 0 in a shape means 0, where the operator set can say so. */
const zero = (build: GraphBuilder): number | undefined => (build.opset >= 14 ? 1 : undefined);

const like64 = (build: GraphBuilder, value: string): string =>
  build.type(value).dtype === 'int64' ? value : build.op('Cast', [value], { to: dataTypeCode('int64') });

/** The size of one axis, as a list of one. */
function sizeAt(r: RuleContext, value: string, axis: number): string {
  return r.build.op('Gather', [r.shapeOf(value), r.build.int64s([axis])], { axis: 0 });
}

function zerosLike(r: RuleContext, value: string): string {
  return r.build.op('Expand', [r.scalar(0, r.input(0)), r.shapeOf(value)], {}, { shape: r.shape(value) });
}
