// Types and shapes of an operator's outputs, as far as they follow from its inputs' (ONNX operator specification).
import { dataTypeOf } from './data-types.ts';
import type { Attribute, DataType, Dim, Shape, ValueType } from './graph.ts';

export interface InferenceInput {
  readonly opType: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly inputs: readonly (ValueType | undefined)[];
  /** The numbers of an input that is a constant. */
  readonly constant: (input: number) => readonly number[] | undefined;
}

/** One entry an output; an operator that is not known here says nothing. */
export function inferTypes(node: InferenceInput): readonly ValueType[] {
  return (RULES[node.opType] ?? (() => []))(node);
}

type Rule = (node: InferenceInput) => readonly ValueType[];

const first = (node: InferenceInput): ValueType => node.inputs[0] ?? {};
const same: Rule = (node) => [first(node)];
const elementwise: Rule = (node) => [{ dtype: first(node).dtype, shape: broadcastAll(node.inputs) }];
const comparison: Rule = (node) => [{ dtype: 'bool', shape: broadcastAll(node.inputs) }];

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      'Abs Ceil Clip CumSum Elu Erf Exp Floor Gelu HardSigmoid Identity LeakyRelu Log LogSoftmax Neg Reciprocal',
      'Relu Round ScatterElements ScatterND Sigmoid Sign Sin Cos Softmax Softplus Sqrt Tanh Trilu',
    ]
      .join(' ')
      .split(' ')
      .map((op) => [op, same]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Mean', 'Pow', 'Min', 'Max', 'Mod', 'PRelu'].map((op) => [op, elementwise]),
  ),
  ...Object.fromEntries(
    ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'].map((op) => [op, comparison]),
  ),
  Not: (node) => [{ dtype: 'bool', shape: first(node).shape }],
  IsNaN: (node) => [{ dtype: 'bool', shape: first(node).shape }],
  Where: (node) => [{ dtype: node.inputs[1]?.dtype, shape: broadcastAll(node.inputs) }],
  Dropout: (node) => [first(node), { dtype: 'bool', shape: first(node).shape }],
  MatMul: (node) => [{ dtype: first(node).dtype, shape: matMulShape(first(node).shape, node.inputs[1]?.shape) }],
  Gemm: (node) => {
    const a = first(node).shape;
    const b = node.inputs[1]?.shape;
    if (!a || !b) return [{ dtype: first(node).dtype }];
    const rows = a[int(node, 'transA', 0) ? 1 : 0] ?? null;
    const columns = b[int(node, 'transB', 0) ? 0 : 1] ?? null;
    return [{ dtype: first(node).dtype, shape: [rows, columns] }];
  },
  LayerNormalization: (node) => {
    const { dtype, shape } = first(node);
    const axis = shape && from(int(node, 'axis', -1), shape.length);
    // mean and spread are float32 whatever x is, unless stash_type says otherwise
    const kept = int(node, 'stash_type', 1) === 1 ? 'float32' : dtype;
    const saved = {
      dtype: kept as DataType | undefined,
      shape: shape?.map((size, i) => (i >= (axis ?? 0) ? 1 : size)),
    };
    return [{ dtype, shape }, saved, saved];
  },
  ...Object.fromEntries(
    'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSumExp ReduceLogSum ReduceSumSquare'
      .split(' ')
      .map((op) => [op, reduce] as const),
  ),
  ArgMax: (node) => {
    const { shape } = first(node);
    const axis = shape && from(int(node, 'axis', 0), shape.length);
    const keep = int(node, 'keepdims', 1) === 1;
    return [{ dtype: 'int64', shape: shape?.flatMap((size, i) => (i !== axis ? [size] : keep ? [1] : [])) }];
  },
  Shape: (node) => [{ dtype: 'int64', shape: [node.attributes.size ? null : (first(node).shape?.length ?? null)] }],
  Size: () => [{ dtype: 'int64', shape: [] }],
  NonZero: (node) => [{ dtype: 'int64', shape: [first(node).shape?.length ?? null, null] }],
  Cast: (node) => {
    const to = node.attributes.get('to');
    return [{ dtype: to?.type === 'int' ? dataTypeOf(to.value, 'Cast') : undefined, shape: first(node).shape }];
  },
  CastLike: (node) => [{ dtype: node.inputs[1]?.dtype, shape: first(node).shape }],
  Constant: (node) => {
    const value = node.attributes.get('value');
    return value?.type === 'tensor' ? [{ dtype: value.value.dtype, shape: value.value.shape }] : [];
  },
  ConstantOfShape: (node) => {
    const value = node.attributes.get('value');
    return [{ dtype: value?.type === 'tensor' ? value.value.dtype : 'float32', shape: sizes(node, 0) }];
  },
  Reshape: (node) => [{ dtype: first(node).dtype, shape: reshaped(node) }],
  Expand: (node) => {
    const target = sizes(node, 1);
    const shape = target && broadcastAll([first(node), { shape: target }]);
    return [{ dtype: first(node).dtype, shape }];
  },
  Flatten: (node) => {
    const { dtype, shape } = first(node);
    if (!shape) return [{ dtype, shape: [null, null] }];
    const axis = from(int(node, 'axis', 1), shape.length);
    return [{ dtype, shape: [product(shape.slice(0, axis)), product(shape.slice(axis))] }];
  },
  Transpose: (node) => {
    const { dtype, shape } = first(node);
    const perm = ints(node, 'perm') ?? shape?.map((_, i) => shape.length - 1 - i);
    return [{ dtype, shape: shape && perm?.map((axis) => shape[axis] ?? null) }];
  },
  Squeeze: (node) => {
    const { dtype, shape } = first(node);
    const axes = axesOf(node);
    if (!shape || (!axes && node.inputs[1])) return [{ dtype }];
    if (!axes)
      return [{ dtype, shape: shape.every((s) => typeof s === 'number') ? shape.filter((s) => s !== 1) : undefined }];
    const drop = new Set(axes.map((axis) => from(axis, shape.length)));
    return [{ dtype, shape: shape.filter((_, i) => !drop.has(i)) }];
  },
  Unsqueeze: (node) => {
    const { dtype, shape } = first(node);
    const axes = axesOf(node);
    if (!shape || !axes) return [{ dtype }];
    const rank = shape.length + axes.length;
    const added = new Set(axes.map((axis) => from(axis, rank)));
    const rest = [...shape];
    return [{ dtype, shape: Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? null))) }];
  },
  Concat: (node) => {
    const shapes = node.inputs.map((input) => input?.shape);
    const { dtype, shape } = first(node);
    if (!shape || shapes.some((s) => !s)) return [{ dtype }];
    const axis = from(int(node, 'axis', 0), shape.length);
    const parts = shapes.map((s) => s?.[axis] ?? null);
    const total = parts.every((s) => typeof s === 'number')
      ? parts.reduce((a: number, b) => a + (b as number), 0)
      : null;
    return [{ dtype, shape: shape.map((size, i) => (i === axis ? total : size)) }];
  },
  Split: (node) => {
    const { dtype, shape } = first(node);
    const axis = shape && from(int(node, 'axis', 0), shape.length);
    const parts = node.constant(1) ?? ints(node, 'split');
    return Array.from({ length: parts?.length ?? 64 }, (_, i) => ({
      dtype,
      shape: shape?.map((size, d) => (d === axis ? (parts?.[i] ?? null) : size)),
    }));
  },
  Slice: (node) => {
    const { dtype, shape } = first(node);
    const axes = node.inputs[3] ? node.constant(3) : node.constant(1)?.map((_, i) => i);
    if (!shape || !axes) return [{ dtype, shape: shape?.map(() => null) }];
    const cut = new Set(axes.map((axis) => from(axis, shape.length)));
    return [{ dtype, shape: shape.map((size, i) => (cut.has(i) ? null : size)) }];
  },
  Gather: (node) => {
    const { dtype, shape } = first(node);
    const indices = node.inputs[1]?.shape;
    if (!shape || !indices) return [{ dtype }];
    const axis = from(int(node, 'axis', 0), shape.length);
    return [{ dtype, shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] }];
  },
  Tile: (node) => [{ dtype: first(node).dtype, shape: first(node).shape?.map(() => null) }],
  Pad: (node) => [{ dtype: first(node).dtype, shape: first(node).shape?.map(() => null) }],
  GatherElements: (node) => [{ dtype: first(node).dtype, shape: node.inputs[1]?.shape }],
  GatherND: (node) => [{ dtype: first(node).dtype }],
  Range: (node) => [{ dtype: first(node).dtype, shape: [null] }],
  OneHot: (node) => [{ dtype: node.inputs[2]?.dtype }],
  SoftmaxCrossEntropyLoss: (node) => {
    const { dtype, shape } = first(node);
    const reduction = node.attributes.get('reduction');
    const none = reduction?.type === 'string' && reduction.value === 'none';
    return [
      { dtype, shape: none ? node.inputs[1]?.shape : [] },
      { dtype, shape },
    ];
  },
};

function reduce(node: InferenceInput): readonly ValueType[] {
  const { dtype, shape } = first(node);
  const keep = int(node, 'keepdims', 1) === 1;
  const axes = axesOf(node);
  if (!axes && node.inputs[1]) return [{ dtype, shape: keep ? shape?.map(() => null) : undefined }];
  if (!shape) return [{ dtype }];
  if ((!axes || axes.length === 0) && int(node, 'noop_with_empty_axes', 0)) return [{ dtype, shape }];
  const reduced = new Set(axes && axes.length > 0 ? axes.map((axis) => from(axis, shape.length)) : shape.keys());
  return [{ dtype, shape: shape.flatMap((size, i) => (reduced.has(i) ? (keep ? [1] : []) : [size])) }];
}

/** The shape that numpy's broadcasting gives; a named size meeting a different one is unknown. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a.length - rank + i < 0 ? 1 : (a[a.length - rank + i] ?? null);
    const right = b.length - rank + i < 0 ? 1 : (b[b.length - rank + i] ?? null);
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    if (typeof left === 'number') return left;
    return typeof right === 'number' ? right : null;
  });
}

function broadcastAll(inputs: readonly (ValueType | undefined)[]): Shape | undefined {
  let shape: Shape = [];
  for (const input of inputs) {
    if (!input?.shape) return undefined;
    shape = broadcastShapes(shape, input.shape);
  }
  return shape;
}

function matMulShape(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (!a || !b) return undefined;
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  const rows = a.length > 1 ? [a[a.length - 2] ?? null] : [];
  const columns = b.length > 1 ? [b[b.length - 1] ?? null] : [];
  return [...batch, ...rows, ...columns];
}

function reshaped(node: InferenceInput): Shape | undefined {
  const target = node.constant(1);
  const { shape } = first(node);
  if (!target) {
    const rank = node.inputs[1]?.shape?.[0];
    return typeof rank === 'number' ? Array.from({ length: rank }, () => null) : undefined;
  }
  const keepZero = int(node, 'allowzero', 0) === 0;
  const sized: Dim[] = target.map((size, i) =>
    size === 0 && keepZero ? (shape?.[i] ?? null) : size === -1 ? null : size,
  );
  const free = target.indexOf(-1);
  if (free >= 0 && shape)
    sized[free] = remaining(
      shape,
      sized.filter((_, i) => i !== free),
    );
  return sized;
}

/** What is left of `whole` for one axis when the others are known; names cancel against themselves. */
function remaining(whole: Shape, others: Shape): Dim {
  const left = [...whole];
  let divisor = 1;
  for (const size of others) {
    if (size === null) return null;
    if (typeof size === 'number') divisor *= size;
    else if (left.includes(size)) left.splice(left.indexOf(size), 1);
    else return null;
  }
  const names = left.filter((size) => typeof size !== 'number');
  const count = left.reduce((total: number, size) => (typeof size === 'number' ? total * size : total), 1);
  if (names.length === 0) return count % divisor === 0 ? count / divisor : null;
  return names.length === 1 && count === divisor ? (names[0] ?? null) : null;
}

const product = (sizes: Shape): Dim =>
  sizes.every((size) => typeof size === 'number')
    ? sizes.reduce((a: number, b) => a * (b as number), 1)
    : sizes.length === 1
      ? (sizes[0] ?? null)
      : null;

/** A shape given as an input: its numbers, or as many unknowns as it has elements. */
function sizes(node: InferenceInput, input: number): Shape | undefined {
  const known = node.constant(input);
  if (known) return known;
  const rank = node.inputs[input]?.shape?.[0];
  return typeof rank === 'number' ? Array.from({ length: rank }, () => null) : undefined;
}

const axesOf = (node: InferenceInput): readonly number[] | undefined => node.constant(1) ?? ints(node, 'axes');

const from = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function int(node: InferenceInput, name: string, otherwise: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? attribute.value : otherwise;
}

function ints(node: InferenceInput, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'ints' ? attribute.value : undefined;
}
