// Which tensors of a file belong to which parameters of a model.
import type { Architecture } from './architecture.ts';
import type { ParameterSpec } from './parameter-spec.ts';

interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Fit<Tensor extends NamedShape> {
  /** By the parameter's name. */
  readonly found: ReadonlyMap<string, Tensor>;
  readonly missing: readonly string[];
  /** Tensors that no parameter is named like. */
  readonly unexpected: readonly string[];
  readonly misshapen: readonly { readonly tensor: Tensor; readonly expected: readonly number[] }[];
  /** Buffers, other heads, copies of what is tied. */
  readonly unused: readonly Tensor[];
}

export function fitTensors<Tensor extends NamedShape>(
  tensors: Iterable<Tensor>,
  architecture: Architecture,
  parameters: readonly ParameterSpec[],
): Fit<Tensor> {
  const specs = new Map(parameters.map((spec) => [spec.name, spec]));
  const found = new Map<string, Tensor>();
  const unexpected: string[] = [];
  const misshapen: { tensor: Tensor; expected: readonly number[] }[] = [];
  const unused: Tensor[] = [];
  for (const tensor of tensors) {
    if (architecture.unused.some((pattern) => pattern.test(tensor.name))) {
      unused.push(tensor);
      continue;
    }
    const name = todaysName(tensor.name);
    const spec = specs.get(name);
    if (!spec) unexpected.push(tensor.name);
    else if (tensor.shape.join() !== spec.shape.join()) misshapen.push({ tensor, expected: spec.shape });
    else found.set(name, tensor);
  }
  const bad = new Set(misshapen.map(({ tensor }) => todaysName(tensor.name)));
  const missing = parameters.map(({ name }) => name).filter((name) => !found.has(name) && !bad.has(name));
  return { found, missing, unexpected, misshapen, unused };
}

/** Files from TensorFlow's days call a norm's weight and bias gamma and beta. */
function todaysName(tensor: string): string {
  return tensor.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}
