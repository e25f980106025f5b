// Opens a Hugging Face model folder as a masked language model.
import { join } from 'node:path';
import { describeModel } from './blueprint.ts';
import { type Config, readConfig } from './config.ts';
import { growVocabulary } from './grow-vocabulary.ts';
import { newParameter } from './new-parameter.ts';
import { OnnxMaskedLM } from './onnx-masked-lm.ts';
import type { LoadOptions, MaskedLM } from './types.ts';
import { readWeights } from './weights.ts';

export interface LoadModelOptions extends LoadOptions {
  /** Instead of the folder's config.json; the weights must fit it. */
  readonly config?: Config | undefined;
  /** Tokens that the tokenizer has; a model of fewer grows. */
  readonly tokens?: number | undefined;
}

/** Reads config.json and the weights, and checks them against each other. Graphs are built when first needed. */
export async function loadMaskedLM(folder: string, options: LoadModelOptions): Promise<MaskedLM> {
  const place = join(folder, 'config.json');
  let config = options.config ?? (await readConfig(place));
  const { architecture, blueprint: saved } = describeModel(config, place);
  const read = await readWeights(folder, architecture, saved.parameters);
  let { weights } = read;
  let blueprint = saved;
  const notes: string[] = [];
  if (read.unexpected.length > 0) notes.push(`Tensors that the model does not use: ${read.unexpected.join(', ')}.`);
  if (options.tokens !== undefined && options.tokens > saved.vocabSize) {
    config = { ...config, vocab_size: options.tokens };
    blueprint = describeModel(config, place).blueprint;
    weights = growVocabulary(weights, blueprint);
    notes.push(
      `The tokenizer has ${options.tokens} tokens, the model ${saved.vocabSize}: it grows; new rows start as the mean of the others.`,
    );
  }
  const parameters = blueprint.parameters.map((spec) =>
    newParameter(spec, weights.get(spec.name) as Float32Array, options),
  );
  return new OnnxMaskedLM(String(config.model_type), config, blueprint, parameters, options, notes);
}
