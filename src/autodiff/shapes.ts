// Gradients of operators that only move elements around.
import type { Rule } from './rule.ts';

/** The elements stay in order: the gradient takes the input's shape. Reshape, Squeeze, Unsqueeze, Flatten. */
export const reshape: Rule = (r) => [
  r.build.op('Reshape', [r.g, r.shapeOf(r.input(0))], { allowzero: 1 }, { shape: r.shape(r.input(0)) }),
];

export const identity: Rule = (r) => [r.g];

/** Back by the inverse permutation. */
export const transpose: Rule = (r) => {
  const perm = r.ints('perm');
  if (!perm) return [r.build.op('Transpose', [r.g])];
  const inverse = perm.map((_, i) => perm.indexOf(i));
  return [r.build.op('Transpose', [r.g], { perm: inverse })];
};
