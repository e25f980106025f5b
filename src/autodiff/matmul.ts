// Gradients of matrix products.
import type { Rule, RuleContext } from './rule.ts';
import { unbroadcast } from './unbroadcast.ts';

/** y = a b over the last two axes, the others broadcast: da = g bᵀ, db = aᵀ g. A vector counts as a row or a column. */
export const matMul: Rule = (r) => {
  const [a, b] = [r.input(0), r.input(1)];
  const rankA = rank(r, a);
  const rankB = rank(r, b);
  const { build } = r;
  const axis = (i: number) => build.int64s([i]);
  const rowA = rankA === 1 ? build.op('Unsqueeze', [a, axis(0)]) : a;
  const columnB = rankB === 1 ? build.op('Unsqueeze', [b, axis(1)]) : b;
  let g = r.g;
  if (rankB === 1) g = build.op('Unsqueeze', [g, axis(-1)]);
  if (rankA === 1) g = build.op('Unsqueeze', [g, axis(-2)]);
  const da = () => {
    const full = unbroadcast(r, build.op('MatMul', [g, transposed(r, columnB, rankB)]), rowA);
    return rankA === 1 ? build.op('Squeeze', [full, axis(0)]) : full;
  };
  const db = () => {
    const full = unbroadcast(r, build.op('MatMul', [transposed(r, rowA, rankA), g]), columnB);
    return rankB === 1 ? build.op('Squeeze', [full, axis(1)]) : full;
  };
  return [r.wants(0) ? da() : undefined, r.wants(1) ? db() : undefined];
};

/**
 * y = α A B + β C with A and B transposed on demand, C broadcast:
 * dA = α g Bᵀ, dB = α Aᵀ g (transposed as A and B are), dC = β g summed to C.
 */
export const gemm: Rule = (r) => {
  const [a, b] = [r.input(0), r.input(1)];
  const transA = r.int('transA', 0);
  const transB = r.int('transB', 0);
  const alpha = { float: r.float('alpha', 1) };
  const beta = r.float('beta', 1);
  const product = (x: string, y: string, transX: number, transY: number) =>
    r.build.op('Gemm', [x, y], { alpha, transA: transX, transB: transY });
  const da = () => (transA ? product(b, r.g, transB, 1) : product(r.g, b, 0, 1 - transB));
  const db = () => (transB ? product(r.g, a, 1, transA) : product(a, r.g, 1 - transA, 0));
  const dc = () => {
    const g = unbroadcast(r, r.g, r.input(2));
    return beta === 1 ? g : r.mul(g, r.scalar(beta, g));
  };
  return [r.wants(0) ? da() : undefined, r.wants(1) ? db() : undefined, r.wants(2) ? dc() : undefined];
};

function transposed(r: RuleContext, value: string, rankBefore: number): string {
  const rankNow = Math.max(rankBefore, 2);
  const perm = Array.from({ length: rankNow }, (_, i) => i);
  perm[rankNow - 2] = rankNow - 1;
  perm[rankNow - 1] = rankNow - 2;
  return r.build.op('Transpose', [value], { perm });
}

function rank(r: RuleContext, value: string): number {
  const shape = r.shape(value);
  if (!shape) throw r.unsupported(`${value}, whose rank is not known`);
  return shape.length;
}
