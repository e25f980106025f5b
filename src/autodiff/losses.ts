// Gradients of ONNX's own losses over classes in axis 1.
import type { Rule, RuleContext } from './rule.ts';

/**
 * L = reduced Σ w[label] (ln Σ e^z - z[label]) over labels that are not ignored:
 * dz = (softmax z - onehot) w[label] g / n, n = Σ w[label] for the mean, else 1.
 * The second output is log softmax z, with a gradient of its own.
 */
export const softmaxCrossEntropy: Rule = (r) => {
  const [, logProbability] = r.build.extendOutputs(r.node, 2) as [string, string];
  const probability = r.build.op('Exp', [logProbability]);
  const parts: string[] = [];
  if (r.gradient(0)) parts.push(r.mul(r.sub(probability, oneHot(r)), coefficient(r, r.g)));
  const g = r.gradient(1);
  if (g) {
    const total = r.build.op('ReduceSum', [g, r.build.int64s([1])], { keepdims: 1 });
    parts.push(r.sub(g, r.mul(probability, total)));
  }
  return [parts.reduce((a, b) => r.add(a, b))];
};

/** L = reduced Σ -w[label] z[label]: dz = -onehot w[label] g / n */
export const negativeLogLikelihood: Rule = (r) => [r.neg(r.mul(oneHot(r), coefficient(r, r.g)))];

/** 1 at each label's class. [n, classes, ..] */
function oneHot(r: RuleContext): string {
  const { build } = r;
  const classes = build.op('Gather', [r.shapeOf(r.input(0)), build.int64s([1])], { axis: 0 });
  const values = build.constant(r.dtype(r.input(0)), [2], [0, 1]);
  return build.op('OneHot', [r.input(1), classes, values], { axis: 1 }, { shape: r.shape(r.input(0)) });
}

/** What each label's own gradient is multiplied by. [n, 1, ..] */
function coefficient(r: RuleContext, g: string): string {
  const { build } = r;
  const labels = r.input(1);
  const scores = r.input(0);
  const ignored = r.attribute('ignore_index');
  let weight: string;
  if (ignored?.type === 'int') {
    const index = build.scalar(ignored.value, r.dtype(labels));
    const dropped = build.op('Equal', [labels, index]);
    const safe = build.op('Where', [dropped, build.scalar(0, r.dtype(labels)), labels]);
    weight = build.op('Where', [dropped, r.scalar(0, scores), weights(r, safe)]);
  } else {
    weight = weights(r, labels);
  }
  const reduction = r.string('reduction', 'mean');
  const share = reduction === 'mean' ? r.div(weight, build.op('ReduceSum', [weight], { keepdims: 0 })) : weight;
  return build.op('Unsqueeze', [r.mul(share, g), build.int64s([1])]);
}

function weights(r: RuleContext, labels: string): string {
  if (r.hasInput(2)) return r.build.op('Gather', [r.input(2), labels], { axis: 0 });
  return r.build.op('Expand', [r.scalar(1, r.input(0)), r.shapeOf(labels)], {}, { shape: r.shape(labels) });
}
