// A new model of a given config, with random weights: N(0, initializer_range), biases 0, norms 1.
import { type Config, ConfigReader } from './config.ts';
import { OnnxMaskedLM } from './onnx-masked-lm.ts';
import { architectureOf } from './registry.ts';
import type { LoadOptions, MaskedLM, Parameter } from './types.ts';

/** The same config and seed give the same weights; not those of torch. */
export function initMaskedLM(config: Config, seed: number, options: LoadOptions): MaskedLM {
  const architecture = architectureOf(config.model_type, 'The config');
  const reader = new ConfigReader(config, 'The config');
  const blueprint = architecture.blueprint(reader);
  const range = reader.number('initializer_range', 0.02);
  const normal = normals(seed);
  const parameters = blueprint.parameters.map(
    ({ name, shape, decay, start, deviation = 1, cutoff, paddingIndex }): Parameter => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (start === 'ones') data.fill(1);
      if (start === 'normal') for (let i = 0; i < data.length; i++) data[i] = range * deviation * normal(cutoff);
      if (paddingIndex !== undefined) {
        const width = shape[1] ?? 1;
        data.fill(0, paddingIndex * width, (paddingIndex + 1) * width);
      }
      return { name, shape, decay, data, grad: new Float32Array(options.train ? data.length : 0) };
    },
  );
  return new OnnxMaskedLM(String(config.model_type), config, blueprint, parameters, options);
}

/** Box and Muller's standard normals over a small generator (Steele and Vigna's splitmix, 32 bits). */
function normals(seed: number): (cutoff?: number) => number {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) | 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
  return (cutoff = Number.POSITIVE_INFINITY) => {
    for (;;) {
      const value = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
      if (Math.abs(value) <= cutoff) return value;
    }
  };
}
