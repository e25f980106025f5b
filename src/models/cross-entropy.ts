// The output layer and its loss, with as few passes over [masked, vocab] as can be.
import type { GraphBuilder } from '../onnx/builder.ts';

export interface DecoderInputs {
  /** [masked, width] */
  readonly states: string;
  /** [vocab, width] */
  readonly weight: string;
  /** [vocab] */
  readonly bias: string;
  /** [masked] */
  readonly labels: string;
}

/** states Wᵀ + b -> [masked, vocab] */
export function decode(build: GraphBuilder, { states, weight, bias }: DecoderInputs): string {
  return build.op('Gemm', [states, weight, bias], { transB: 1 });
}

export interface CrossEntropy {
  /** Loss of each position, in nats. [masked] */
  readonly losses: string;
  /** Gradients of scale · Σ losses. */
  readonly gradients: {
    readonly states: string;
    /** Without what the labels' own rows add: that is `labelRows`. */
    readonly weight: string;
    readonly bias: string;
    /** To be added to the rows of the weight that the labels name. [masked, width] */
    readonly labelRows: string;
  };
}

/**
 * Cross entropy of the tied decoder and its gradients, L = s Σᵢ (ln Σⱼ e^zᵢⱼ - zᵢ,labelᵢ), z = X Wᵀ + b, P = softmax z:
 * dX = s (P W - W[labels]), dW = Pᵀ (s X) - scatter(s X at labels), db = s Σᵢ P - scatter(s at labels).
 * Written out so that the label's share never makes a pass over [masked, vocab].
 */
export function crossEntropy(build: GraphBuilder, inputs: DecoderInputs, scale: string): CrossEntropy {
  const { states, weight, labels } = inputs;
  const probabilities = build.op('Softmax', [decode(build, inputs)], { axis: -1 });
  const column = build.op('Unsqueeze', [labels, build.int64s([1])]);
  const chosen = build.op('GatherElements', [probabilities, column], { axis: 1 });
  const losses = build.op('Neg', [build.op('Log', [build.op('Squeeze', [chosen, build.int64s([1])])])]);

  const scaled = build.op('Mul', [states, scale]);
  const expected = build.op('Gemm', [probabilities, weight]);
  const actual = build.op('Gather', [weight, labels], { axis: 0 });
  return {
    losses,
    gradients: {
      states: build.op('Mul', [build.op('Sub', [expected, actual]), scale]),
      weight: build.op('Gemm', [probabilities, scaled], { transA: 1 }),
      bias: build.op('Mul', [build.op('ReduceSum', [probabilities, build.int64s([0])], { keepdims: 0 }), scale]),
      labelRows: build.op('Neg', [scaled]),
    },
  };
}

/**
 * Loss of each position, and whether no token is likelier than its label: loss = max z - ln max P - z[label].
 * By way of Softmax because ONNX Runtime's ReduceLogSumExp and ArgMax are several times slower.
 */
export function scoreLabels(build: GraphBuilder, inputs: DecoderInputs): { losses: string; hits: string } {
  const logits = decode(build, inputs);
  const greatest = (value: string) => build.op('ReduceMax', [value, build.int64s([1])], { keepdims: 0 });
  const top = greatest(logits);
  const topShare = build.op('Log', [greatest(build.op('Softmax', [logits], { axis: -1 }))]);
  const column = build.op('Unsqueeze', [inputs.labels, build.int64s([1])]);
  const chosen = build.op('Squeeze', [build.op('GatherElements', [logits, column], { axis: 1 }), build.int64s([1])]);
  return {
    losses: build.op('Sub', [build.op('Sub', [top, chosen]), topShare]),
    hits: build.op('Equal', [top, chosen]),
  };
}
