// Gradients of functions that are made of straight pieces, and of Dropout.
import type { Rule } from './rule.ts';

/** y = max(x, 0): dx = g where y > 0 */
export const relu: Rule = (r) => {
  const positive = r.build.op('Greater', [r.output(), r.scalar(0, r.g)]);
  return [r.build.op('Where', [positive, r.g, r.scalar(0, r.g)])];
};

/** y = x where x >= 0, else α x: dx = g or α g */
export const leakyRelu: Rule = (r) => {
  const negative = r.build.op('Less', [r.input(0), r.scalar(0, r.g)]);
  return [r.build.op('Where', [negative, r.mul(r.g, r.scalar(r.float('alpha', 0.01), r.g)), r.g])];
};

/** y = x within [min, max], else the bound: dx = g within */
export const clip: Rule = (r) => {
  let g = r.g;
  const stop = (op: string, bound: string) => {
    g = r.build.op('Where', [r.build.op(op, [r.input(0), bound]), r.scalar(0, g), g]);
  };
  if (r.hasInput(1)) stop('Less', r.input(1));
  if (r.hasInput(2)) stop('Greater', r.input(2));
  return [g];
};

/** y = x m / (1 - p) with the mask m that was drawn: dx = g m / (1 - p). Outside training y = x. */
export const dropout: Rule = (r) => {
  if (!r.hasInput(2)) return [r.g];
  const training = r.build.values(r.input(2))?.[0];
  if (training === 0) return [r.g];
  if (training === undefined) throw r.unsupported('a training mode that is not known beforehand');
  const [, mask] = r.build.extendOutputs(r.node, 2) as [string, string];
  const kept = r.build.op('CastLike', [mask, r.g]);
  const one = r.scalar(1, r.g);
  const share = r.hasInput(1) ? r.sub(one, r.build.op('CastLike', [r.input(1), r.g])) : r.scalar(0.5, r.g);
  return [r.div(r.mul(r.g, kept), share)];
};
