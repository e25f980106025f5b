// A new model of a given config, with random weights: N(0, initializer_range), biases 0, norms 1.
import { describeModel } from './blueprint.ts';
import { type Config, ConfigReader } from './config.ts';
import { newParameter } from './new-parameter.ts';
import { OnnxMaskedLM } from './onnx-masked-lm.ts';
import type { LoadOptions, MaskedLM } from './types.ts';

/** The same config and seed give the same weights; not those of torch. */
export function initMaskedLM(config: Config, seed: number, options: LoadOptions): MaskedLM {
  const { blueprint } = describeModel(config, 'The config');
  const range = new ConfigReader(config, 'The config').number('initializer_range', 0.02);
  const normal = normals(seed);
  const parameters = blueprint.parameters.map((spec) => {
    const { shape, start, deviation = 1, cutoff, paddingIndex } = spec;
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (start === 'ones') data.fill(1);
    if (start === 'normal') for (let i = 0; i < data.length; i++) data[i] = range * deviation * normal(cutoff);
    if (paddingIndex !== undefined) {
      const width = shape[1] ?? 1;
      data.fill(0, paddingIndex * width, (paddingIndex + 1) * width);
    }
    return newParameter(spec, data, options);
  });
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
