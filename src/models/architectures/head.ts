// The usual head before the decoder: a dense layer, an activation, a norm.
import type { Activation } from '../activation.ts';
import type { NormalStart, ParameterSpec } from '../parameter-spec.ts';
import { linear, norm } from '../parameters.ts';
import type { Words } from '../words.ts';

export interface Head {
  readonly parameters: readonly ParameterSpec[];
  /** [masked, inputs] -> [masked, outputs] */
  apply(net: Words, x: string): string;
}

export interface HeadShape {
  readonly dense: string;
  readonly norm: string;
  /** The decoder's bias. [vocab] */
  readonly bias: string;
  readonly vocab: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  readonly epsilon: number;
  /** Whether the dense layer and the norm have biases of their own; both unless told. */
  readonly biases?: { readonly dense: boolean; readonly norm: boolean };
  readonly start?: NormalStart;
}

export function head(shape: HeadShape): Head {
  const biases = shape.biases ?? { dense: true, norm: true };
  return {
    parameters: [
      { name: shape.bias, shape: [shape.vocab], decay: false, start: 'zeros' },
      ...linear(shape.dense, shape.inputs, shape.outputs, biases.dense, shape.start),
      ...norm(shape.norm, shape.outputs, biases.norm),
    ],
    apply: (net, x) =>
      net.layerNorm(shape.activation(net.build, net.linear(x, shape.dense)), shape.norm, shape.epsilon),
  };
}
