// config.json's hidden_act, by the names that Hugging Face gives activations.
import type { GraphBuilder } from '../onnx/builder.ts';
import type { ConfigReader } from './config.ts';

export type Activation = (build: GraphBuilder, x: string) => string;

export const gelu: Activation = (build, x) => build.op('Gelu', [x]);
const tanhGelu: Activation = (build, x) => build.op('Gelu', [x], { approximate: 'tanh' });
const silu: Activation = (build, x) => build.op('Mul', [x, build.op('Sigmoid', [x])]);

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_python: gelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_fast: tanhGelu,
  relu: (build, x) => build.op('Relu', [x]),
  tanh: (build, x) => build.op('Tanh', [x]),
  sigmoid: (build, x) => build.op('Sigmoid', [x]),
  silu,
  swish: silu,
};

/** The activation that a setting names. */
export function readActivation(config: ConfigReader, name: string, otherwise: string): Activation {
  const asked = config.string(name, otherwise);
  const activation = Object.hasOwn(ACTIVATIONS, asked) ? ACTIVATIONS[asked] : undefined;
  if (!activation) throw config.wrong(name, asked, `one of ${Object.keys(ACTIVATIONS).join(', ')}`);
  return activation;
}
