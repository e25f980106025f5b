// Gradients of looking up rows.
import type { Rule } from './rule.ts';

/** y = x[indices] along axis 0 with a known way back: dx = g[inverse]. */
export const gather: Rule = (r) => {
  const known = r.inverses.get(r.input(1));
  if (!known) throw r.unsupported('Gather without a known inverse');
  const back = r.build.op('Gather', [r.g, known.inverse], { axis: 0 });
  return [known.valid ? r.mul(back, known.valid) : back];
};
