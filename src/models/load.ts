// Opens a Hugging Face model folder as a masked language model.
import { join } from 'node:path';
import { ConfigReader, readConfig } from './config.ts';
import { OnnxMaskedLM } from './onnx-masked-lm.ts';
import { architectureOf } from './registry.ts';
import type { LoadOptions, MaskedLM, Parameter } from './types.ts';
import { readWeights } from './weights.ts';

/** Reads config.json and the weights, and checks them against each other. Graphs are built when first needed. */
export async function loadMaskedLM(folder: string, options: LoadOptions): Promise<MaskedLM> {
  const config = await readConfig(folder);
  const place = join(folder, 'config.json');
  const architecture = architectureOf(config.model_type, place);
  const blueprint = architecture.blueprint(new ConfigReader(config, place));
  const { weights, unexpected } = await readWeights(folder, architecture, blueprint.parameters);
  const parameters = blueprint.parameters.map(({ name, shape, decay }): Parameter => {
    const data = weights.get(name) as Float32Array;
    return { name, shape, decay, data, grad: new Float32Array(options.train ? data.length : 0) };
  });
  const notes = unexpected.length > 0 ? [`Tensors that the model does not use: ${unexpected.join(', ')}.`] : [];
  return new OnnxMaskedLM(String(config.model_type), config, blueprint, parameters, options, notes);
}
