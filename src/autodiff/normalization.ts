// Gradients of what normalizes along axes.
import type { Rule, RuleContext } from './rule.ts';

/** y = softmax x: dx = y (g - Σ g y) */
export const softmax: Rule = (r) => {
  const y = r.output();
  const sum = along(r, r.mul(r.g, y), 'ReduceSum');
  return [r.mul(y, r.sub(r.g, sum))];
};

/** y = log softmax x: dx = g - eʸ Σ g */
export const logSoftmax: Rule = (r) => {
  const probability = r.build.op('Exp', [r.output()]);
  return [r.sub(r.g, r.mul(probability, along(r, r.g, 'ReduceSum')))];
};

function along(r: RuleContext, value: string, op: 'ReduceSum'): string {
  return r.build.op(op, [value, r.build.int64s([r.int('axis', -1)])], { keepdims: 1 });
}

/**
 * y = x̂ γ + β, x̂ = (x - mean) s, s = 1/√(var + ε), over the axes from `axis` on:
 * h = g γ; dx = s (h - mean h - x̂ mean(h x̂)); dγ = Σ g x̂; dβ = Σ g over the axes before.
 */
export const layerNormalization: Rule = (r) => {
  const x = r.input(0);
  const shape = r.shape(x);
  if (!shape) throw r.unsupported(`${x}, whose rank is not known`);
  const first = (r.int('axis', -1) + shape.length) % shape.length;
  const { build } = r;
  const outer = build.int64s(Array.from({ length: first }, (_, i) => i));
  const inner = build.int64s(Array.from({ length: shape.length - first }, (_, i) => first + i));
  const saved = build.extendOutputs(r.node, 3).slice(1);
  const [mean, spread] = saved.map((value) => asType(r, value, x)) as [string, string];
  const normal = r.mul(r.sub(x, mean), spread);
  const sumOuter = (value: string) => (first === 0 ? value : build.op('ReduceSum', [value, outer], { keepdims: 0 }));
  const dx = () => {
    const h = r.mul(r.g, r.input(1));
    const average = (value: string) => reduceMean(r, value, inner);
    const slope = r.add(average(h), r.mul(normal, average(r.mul(h, normal))));
    return r.mul(r.sub(h, slope), spread);
  };
  return [
    r.wants(0) ? dx() : undefined,
    r.wants(1) ? sumOuter(r.mul(r.g, normal)) : undefined,
    r.wants(2) ? sumOuter(r.g) : undefined,
  ];
};

/** The saved statistics are float32 beside other types. */
function asType(r: RuleContext, value: string, like: string): string {
  return r.dtype(value) === r.dtype(like) ? value : r.build.op('CastLike', [value, like]);
}

/** ReduceMean takes its axes as an input only since opset 18. */
function reduceMean(r: RuleContext, value: string, axes: string): string {
  if (r.build.opset >= 18) return r.build.op('ReduceMean', [value, axes], { keepdims: 1 });
  return r.build.op('ReduceMean', [value], { keepdims: 1, axes: r.build.values(axes) });
}
