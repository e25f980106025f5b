// Gradients of functions of one value, element by element.
import type { Rule } from './rule.ts';

const SQRT1_2 = Math.SQRT1_2;

/** y = -x: dx = -g */
export const neg: Rule = (r) => [r.neg(r.g)];

/** y = √x: dx = g / 2y */
export const sqrt: Rule = (r) => [r.div(r.mul(r.g, r.scalar(0.5, r.g)), r.output())];

/** y = eˣ: dx = g y */
export const exp: Rule = (r) => [r.mul(r.g, r.output())];

/** y = ln x: dx = g / x */
export const log: Rule = (r) => [r.div(r.g, r.input(0))];

/** y = 1/x: dx = -g y² */
export const reciprocal: Rule = (r) => [r.neg(r.mul(r.g, r.mul(r.output(), r.output())))];

/** y = |x|: dx = g sign x */
export const abs: Rule = (r) => [r.mul(r.g, r.build.op('Sign', [r.input(0)]))];

/** y = sin x: dx = g cos x */
export const sin: Rule = (r) => [r.mul(r.g, r.build.op('Cos', [r.input(0)]))];

/** y = cos x: dx = -g sin x */
export const cos: Rule = (r) => [r.neg(r.mul(r.g, r.build.op('Sin', [r.input(0)])))];

/** y = tanh x: dx = g (1 - y²) */
export const tanh: Rule = (r) => [r.mul(r.g, r.sub(r.scalar(1, r.g), r.mul(r.output(), r.output())))];

/** y = 1 / (1 + e⁻ˣ): dx = g y (1 - y) */
export const sigmoid: Rule = (r) => [r.mul(r.g, r.mul(r.output(), r.sub(r.scalar(1, r.g), r.output())))];

/** y = ln(1 + eˣ): dx = g sigmoid x */
export const softplus: Rule = (r) => [r.mul(r.g, r.build.op('Sigmoid', [r.input(0)]))];

/** y = erf x: dx = g 2/√π e^(-x²) */
export const erf: Rule = (r) => {
  const x = r.input(0);
  const bell = r.build.op('Exp', [r.neg(r.mul(x, x))]);
  return [r.mul(r.g, r.mul(bell, r.scalar(2 / Math.sqrt(Math.PI), x)))];
};

/** y = x Φ(x): dx = g (Φ(x) + x φ(x)); with approximate="tanh" y = x/2 (1 + tanh u), u = √(2/π) (x + 0.044715 x³) */
export const gelu: Rule = (r) => {
  const x = r.input(0);
  const s = (value: number) => r.scalar(value, x);
  if (r.string('approximate', 'none') === 'tanh') {
    const square = r.mul(x, x);
    const slope = Math.sqrt(2 / Math.PI);
    const u = r.mul(x, r.add(r.mul(square, s(0.044715 * slope)), s(slope)));
    const t = r.build.op('Tanh', [u]);
    const half = r.mul(r.add(t, s(1)), s(0.5));
    const du = r.add(r.mul(square, s(3 * 0.044715 * slope)), s(slope));
    const bend = r.mul(r.mul(x, s(0.5)), r.mul(r.sub(s(1), r.mul(t, t)), du));
    return [r.mul(r.g, r.add(half, bend))];
  }
  const cdf = r.add(r.mul(r.build.op('Erf', [r.mul(x, s(SQRT1_2))]), s(0.5)), s(0.5));
  const pdf = r.mul(r.build.op('Exp', [r.mul(r.mul(x, s(-0.5)), x)]), s(1 / Math.sqrt(2 * Math.PI)));
  return [r.mul(r.g, r.add(cdf, r.mul(x, pdf)))];
};
