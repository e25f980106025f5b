// Every gradient rule against central differences: broadcasting, batches, odd shapes.
import { test } from 'node:test';
import type { GraphBuilder } from '../../src/onnx/builder.ts';
import { type Case, checkGradients } from './check-gradients.ts';

const positive = (x: number) => 1.2 + x;

const binary = (op: string, inputs: Case['inputs'], more: Partial<Case> = {}): [string, Case] => [
  `${op} ${JSON.stringify(Object.values(inputs))}`,
  { inputs, write: (b) => b.op(op, Object.keys(inputs)), ...more },
];
const unary = (op: string, more: Partial<Case> = {}, attributes = {}): [string, Case] => [
  `${op}${Object.keys(attributes).length ? ` ${JSON.stringify(attributes)}` : ''}`,
  { inputs: { x: [2, 5] }, write: (b) => b.op(op, ['x'], attributes), ...more },
];
const reduction = (
  op: string,
  shape: number[],
  axes: number[] | null,
  keepdims: 0 | 1,
  more: Partial<Case> = {},
): [string, Case] => [
  `${op} of ${JSON.stringify(shape)} over ${JSON.stringify(axes)}, keepdims ${keepdims}`,
  { inputs: { x: shape }, write: (b) => b.op(op, axes ? ['x', b.int64s(axes)] : ['x'], { keepdims }), ...more },
];

const BROADCASTS: Case['inputs'][] = [
  { a: [2, 3], b: [2, 3] },
  { a: [2, 3], b: [3] },
  { a: [1, 3], b: [2, 1] },
  { a: [2, 1, 4], b: [3, 1] },
  { a: [], b: [2, 2] },
  { a: [1, 1], b: [5] },
];

const CASES: [string, Case][] = [
  ...['Add', 'Sub', 'Mul'].flatMap((op) => BROADCASTS.map((inputs) => binary(op, inputs))),
  ...BROADCASTS.map((inputs) => binary('Div', inputs, { from: positive })),
  ...BROADCASTS.map((inputs) => binary('Pow', inputs, { from: positive })),
  ...['Max', 'Min'].flatMap((op) => BROADCASTS.map((inputs) => binary(op, inputs))),
  binary('Sum', { a: [2, 3], b: [3], c: [2, 1] }),
  [
    'Where',
    {
      inputs: { a: [2, 3], b: [3] },
      write: (b) => b.op('Where', [b.constant('bool', [2, 1], [1, 0]), 'a', 'b']),
      dtype: 'float32',
    },
  ],
  ['the same value twice', { inputs: { a: [3, 2] }, write: (b) => b.op('Mul', ['a', b.op('Add', ['a', 'a'])]) }],

  ...['Neg', 'Exp', 'Abs', 'Tanh', 'Sigmoid', 'Relu', 'Identity'].map((op) => unary(op)),
  unary('LeakyRelu', { dtype: 'float32' }),
  unary('Sin'),
  unary('Cos'),
  unary('Softplus', { dtype: 'float32' }),
  ...['Sqrt', 'Log', 'Reciprocal'].map((op) => unary(op, { from: positive })),
  unary('Erf', { dtype: 'float32' }),
  unary('Gelu', { dtype: 'float32' }),
  unary('Gelu', { dtype: 'float32' }, { approximate: 'tanh' }),
  ['Clip', { inputs: { x: [3, 4] }, write: (b, t) => b.op('Clip', ['x', b.scalar(-0.5, t), b.scalar(0.7, t)]) }],

  ...(
    [
      [
        [2, 3],
        [3, 4],
      ],
      [
        [2, 5, 2, 3],
        [2, 5, 3, 4],
      ],
      [
        [2, 2, 3],
        [3, 4],
      ],
      [
        [2, 3],
        [5, 3, 1],
      ],
      [
        [1, 2, 2, 3],
        [2, 1, 3, 2],
      ],
      [[3], [3, 4]],
      [[2, 3], [3]],
      [[3], [3]],
      [[3], [2, 3, 4]],
      [[2, 4, 3], [3]],
    ] as number[][][]
  ).map(([a, b]) => binary('MatMul', { a: a as number[], b: b as number[] })),
  ...[0, 1].flatMap((transA) =>
    [0, 1].flatMap((transB) =>
      [null, [], [4], [2, 1], [1, 4], [2, 4]].map((c): [string, Case] => [
        `Gemm transA ${transA} transB ${transB} C ${JSON.stringify(c)}`,
        {
          inputs: { a: transA ? [3, 2] : [2, 3], b: transB ? [4, 3] : [3, 4], ...(c && { c }) },
          write: (build) =>
            build.op('Gemm', c ? ['a', 'b', 'c'] : ['a', 'b'], {
              transA,
              transB,
              alpha: { float: 0.5 },
              beta: { float: c ? 1.5 : 1 },
            }),
        },
      ]),
    ),
  ),

  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin'].flatMap((op) =>
    ([0, 1] as const).flatMap((keep) => [
      reduction(op, [2, 3, 4], [1], keep),
      reduction(op, [2, 3, 4], [0, -1], keep),
      reduction(op, [3, 1], null, keep),
    ]),
  ),
  ...['ReduceSumSquare', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp'].flatMap((op) => [
    reduction(op, [2, 3, 2], [1], 0, { dtype: 'float32' }),
    reduction(op, [2, 3, 2], [-1, 0], 1, { dtype: 'float32' }),
  ]),
  reduction('ReduceLogSum', [2, 3], [1], 0, { dtype: 'float32', from: positive }),
  [
    'ReduceSum with no axes that does nothing',
    { inputs: { x: [2, 3] }, write: (b) => b.op('ReduceSum', ['x'], { noop_with_empty_axes: 1 }) },
  ],

  ['Reshape', { inputs: { x: [2, 3, 4] }, write: (b) => b.op('Reshape', ['x', b.int64s([0, -1, 2])]) }],
  ['Flatten', { inputs: { x: [2, 3, 4] }, write: (b) => b.op('Flatten', ['x'], { axis: 2 }) }],
  ['Squeeze', { inputs: { x: [2, 1, 3, 1] }, write: (b) => b.op('Squeeze', ['x', b.int64s([1, -1])]) }],
  ['Unsqueeze', { inputs: { x: [2, 3] }, write: (b) => b.op('Unsqueeze', ['x', b.int64s([0, 3])]) }],
  ['Transpose', { inputs: { x: [2, 3, 4] }, write: (b) => b.op('Transpose', ['x'], { perm: [1, 2, 0] }) }],
  ['Transpose reversed', { inputs: { x: [2, 3, 4] }, write: (b) => b.op('Transpose', ['x']) }],
  ['Expand', { inputs: { x: [3, 1] }, write: (b) => b.op('Expand', ['x', b.int64s([2, 1, 4])]) }],
  ['Tile', { inputs: { x: [2, 3] }, write: (b) => b.op('Tile', ['x', b.int64s([3, 2])]) }],
  ['Concat', { inputs: { a: [2, 1], b: [2, 3] }, write: (b) => b.op('Concat', ['a', 'b', 'a'], { axis: -1 }) }],
  [
    'Split, one part unused',
    {
      inputs: { x: [5, 2] },
      write: (b) => {
        const parts = b.ops('Split', ['x', b.int64s([1, 3, 1])], { axis: 0 }, { outputs: 3 });
        return [parts[0] as string, parts[2] as string];
      },
    },
  ],
  [
    'Split in equal parts',
    { inputs: { x: [4, 3] }, write: (b) => b.ops('Split', ['x'], { num_outputs: 2 }, { outputs: 2 }) },
  ],
  ...(
    [
      [[1], [3], [0], [1]],
      [
        [0, -3],
        [9, -1],
        [0, 1],
        [2, 1],
      ],
      [[-1], [-9], [1], [-2]],
    ] as number[][][]
  ).map(([starts, ends, axes, steps]): [string, Case] => [
    `Slice ${starts}:${ends}:${steps} of axes ${axes}`,
    {
      inputs: { x: [4, 5] },
      write: (b) => b.op('Slice', ['x', ...[starts, ends, axes, steps].map((list) => b.int64s(list as number[]))]),
    },
  ]),
  ['Pad', { inputs: { x: [2, 3] }, write: (b) => b.op('Pad', ['x', b.int64s([1, 0, 0, 2])]) }],
  ['Trilu', { inputs: { x: [3, 3] }, write: (b) => b.op('Trilu', ['x'], { upper: 0 }) }],
  [
    'Cast there and back',
    { inputs: { x: [4] }, write: (b) => b.op('Cast', [b.op('Cast', ['x'], { to: 1 })], { to: 1 }), dtype: 'float32' },
  ],

  ...[0, 1, -1].map((axis): [string, Case] => [
    `Gather with repeated indices, axis ${axis}`,
    {
      inputs: { x: [4, 4, 2] },
      write: (b) =>
        b.op('Gather', ['x', b.constant('int64', [2, 3], axis === -1 ? [0, 1, 1, 0, -1, 1] : [0, 3, 3, 1, -1, 3])], {
          axis,
        }),
    },
  ]),
  ['Gather of one', { inputs: { x: [3, 2] }, write: (b) => b.op('Gather', ['x', b.scalar(-2, 'int64')], { axis: 0 }) }],
  ...[0, 1].map((axis): [string, Case] => [
    `GatherElements with repeated indices, axis ${axis}`,
    {
      inputs: { x: [3, 3] },
      write: (b) => b.op('GatherElements', ['x', b.constant('int64', [2, 3], [0, 2, 2, 0, 2, 1])], { axis }),
    },
  ]),
  ...(
    [
      [
        [4, 2],
        [0, 1, 2, 0, 0, 1, -1, -1],
      ],
      [
        [3, 1],
        [1, 1, 2],
      ],
    ] as number[][][]
  ).map(([shape, indices]): [string, Case] => [
    `GatherND with repeated indices ${shape}`,
    {
      inputs: { x: [3, 2, 2] },
      write: (b) => b.op('GatherND', ['x', b.constant('int64', shape as number[], indices as number[])]),
    },
  ]),

  ...[-1, 1, 0].flatMap((axis) =>
    ['Softmax', 'LogSoftmax'].map((op): [string, Case] => [
      `${op} axis ${axis}`,
      { inputs: { x: [2, 3, 4] }, write: (b) => b.op(op, ['x'], { axis }) },
    ]),
  ),
  ...[-1, 1].map((axis): [string, Case] => [
    `LayerNormalization axis ${axis}`,
    {
      inputs: { x: [3, 4, 5], scale: axis === -1 ? [5] : [4, 5], bias: axis === -1 ? [5] : [4, 5] },
      write: (b) => b.op('LayerNormalization', ['x', 'scale', 'bias'], { axis, epsilon: { float: 1e-5 } }),
    },
  ]),
  ['Dropout outside training', { inputs: { x: [2, 3] }, write: (b) => b.op('Dropout', ['x']) }],
  ...['mean', 'sum', 'none'].flatMap((reduction) =>
    [undefined, -100, 1].map((ignored): [string, Case] => [
      `SoftmaxCrossEntropyLoss ${reduction}, ignoring ${ignored}`,
      { inputs: { x: [4, 3] }, write: (b, dtype) => crossEntropy(b, dtype, reduction, ignored), dtype: 'float32' },
    ]),
  ),
  [
    'SoftmaxCrossEntropyLoss with weights over two more axes',
    {
      inputs: { x: [2, 3, 2] },
      write: (b, dtype) => {
        const labels = b.constant('int64', [2, 2], [0, 2, 1, 2]);
        return b.op('SoftmaxCrossEntropyLoss', ['x', labels, b.constant(dtype, [3], [1, 0.5, 2])], {});
      },
      dtype: 'float32',
    },
  ],
  [
    'NegativeLogLikelihoodLoss',
    {
      inputs: { x: [3, 4] },
      write: (b) => b.op('NegativeLogLikelihoodLoss', ['x', b.constant('int64', [3], [3, 0, 3])]),
      dtype: 'float32',
    },
  ],
];

function crossEntropy(b: GraphBuilder, _dtype: string, reduction: string, ignored: number | undefined): string {
  const labels = b.constant('int64', [4], [0, ignored ?? 2, 2, 1]);
  return b.op('SoftmaxCrossEntropyLoss', ['x', labels], { reduction, ignore_index: ignored });
}

for (const [name, spec] of CASES) test(name, () => checkGradients(spec));
