// config.json's hidden_act, by the names that Hugging Face gives activations.
import type { GraphBuilder } from '../onnx/builder.ts';
import type { ConfigReader } from './config.ts';

export type Activation = (build: GraphBuilder, x: string) => string;

/** Gelu is an operator from here on; before, it is written out, in the very order that runtimes know and fuse. */
const GELU_OPSET = 20;

export const gelu: Activation = (build, x) => (build.opset < GELU_OPSET ? longGelu(build, x) : build.op('Gelu', [x]));
const tanhGelu: Activation = (build, x) =>
  build.opset < GELU_OPSET ? longTanhGelu(build, x) : build.op('Gelu', [x], { approximate: 'tanh' });
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

/** x (1 + erf(x / √2)) / 2 */
function longGelu(build: GraphBuilder, x: string): string {
  const erf = build.op('Erf', [build.op('Div', [x, build.scalar(Math.SQRT2)])]);
  const share = build.op('Add', [erf, build.scalar(1)]);
  return build.op('Mul', [build.op('Mul', [x, share]), build.scalar(0.5)]);
}

/** x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 */
function longTanhGelu(build: GraphBuilder, x: string): string {
  const cubed = build.op('Mul', [build.op('Pow', [x, build.scalar(3)]), build.scalar(0.044715)]);
  const inner = build.op('Mul', [build.op('Add', [x, cubed]), build.scalar(Math.sqrt(2 / Math.PI))]);
  const share = build.op('Add', [build.op('Tanh', [inner]), build.scalar(1)]);
  return build.op('Mul', [build.op('Mul', [x, build.scalar(0.5)]), share]);
}
