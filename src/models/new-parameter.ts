// A parameter around its values.
import type { ParameterSpec } from './parameter-spec.ts';
import type { LoadOptions, Parameter } from './types.ts';

/** Gradients are allocated only for what is trained. */
export function newParameter(
  { name, shape, decay }: ParameterSpec,
  data: Float32Array,
  options: LoadOptions,
): Parameter {
  const trainable = options.train && !options.frozen?.(name);
  return { name, shape, decay, trainable, data, grad: new Float32Array(trainable ? data.length : 0) };
}
