// Gradients of elementwise arithmetic, with numpy's broadcasting: each input gets its share summed to its shape.
import type { Rule, RuleContext } from './rule.ts';
import { unbroadcast } from './unbroadcast.ts';

/** A gradient for input i, only if somebody asks for it. */
const share = (rule: RuleContext, i: number, gradient: () => string): string | undefined =>
  rule.wants(i) ? unbroadcast(rule, gradient(), rule.input(i)) : undefined;

/** y = a + b: da = g, db = g */
export const add: Rule = (r) => [share(r, 0, () => r.g), share(r, 1, () => r.g)];

/** y = a - b: da = g, db = -g */
export const sub: Rule = (r) => [
  share(r, 0, () => r.g),
  r.wants(1) ? r.neg(unbroadcast(r, r.g, r.input(1))) : undefined,
];

/** y = a b: da = g b, db = g a */
export const mul: Rule = (r) => [share(r, 0, () => r.mul(r.g, r.input(1))), share(r, 1, () => r.mul(r.g, r.input(0)))];

/** y = a / b: da = g / b, db = -g y / b */
export const div: Rule = (r) => [
  share(r, 0, () => r.div(r.g, r.input(1))),
  share(r, 1, () => r.neg(r.div(r.mul(r.g, r.output()), r.input(1)))),
];

/** y = Σ xᵢ: dxᵢ = g */
export const sum: Rule = (r) => r.node.inputs.map((_, i) => share(r, i, () => r.g));

/** y = a^b: da = g b a^(b-1), db = g y ln a, which is 0 where a is 0 */
export const pow: Rule = (r) => {
  const [a, b] = [r.input(0), r.input(1)];
  return [
    share(r, 0, () => {
      const one = r.scalar(1, b);
      return r.mul(r.g, r.mul(r.build.op('CastLike', [b, a]), r.build.op('Pow', [a, r.sub(b, one)])));
    }),
    share(r, 1, () => {
      const positive = r.build.op('Greater', [a, r.scalar(0, a)]);
      const log = r.build.op('Log', [r.build.op('Where', [positive, a, r.scalar(1, a)])]);
      return r.mul(r.g, r.mul(r.output(), log));
    }),
  ];
};

/** y = condition ? a : b: each gets g where it was chosen */
export const where: Rule = (r) => [
  undefined,
  share(r, 1, () => r.build.op('Where', [r.input(0), r.g, r.scalar(0, r.g)])),
  share(r, 2, () => r.build.op('Where', [r.input(0), r.scalar(0, r.g), r.g])),
];

/** y = max or min of the inputs: the gradient goes where y came from, in equal parts where several were equal */
export const extremum: Rule = (r) => {
  const hits = r.node.inputs.map((name) =>
    r.build.op('Cast', [r.build.op('Equal', [name, r.output()])], { to: castCode(r) }),
  );
  const count = hits.reduce((total, hit) => r.add(total, hit));
  const each = r.div(r.g, count);
  return hits.map((hit, i) => share(r, i, () => r.mul(each, hit)));
};

const castCode = (r: RuleContext): number => (r.dtype(r.output()) === 'float64' ? 11 : 1);
