// Whether the parts of a model folder fit each other: config, weights, tokenizer. In plain words.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../base/errors.ts';
import { type Described, describeModel } from '../models/blueprint.ts';
import { type Config, readConfig } from '../models/config.ts';
import { fitTensors } from '../models/fit-tensors.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import type { TensorView } from './tensor-files.ts';

/** What is wrong with the model in `folder`, a sentence each; empty when it can predict and train here. */
export async function checkModel(
  folder: string,
  config: Config | null,
  tensors: readonly TensorView[],
): Promise<string[]> {
  if (!config) {
    const why = await readConfig(folder).then(
      () => '',
      (error) => describeError(error),
    );
    return [`Without its config the model cannot be used: ${why}`];
  }
  let described: Described;
  try {
    described = describeModel(config, 'config.json');
  } catch (error) {
    return [`It can neither predict nor train here: ${describeError(error)}`];
  }
  return [...weightProblems(described, tensors), ...(await tokenizerProblems(folder, described, config))];
}

function weightProblems({ architecture, blueprint }: Described, tensors: readonly TensorView[]): string[] {
  const problems: string[] = [];
  const { missing, unexpected, misshapen } = fitTensors(tensors, architecture, blueprint.parameters);
  const head = missing.filter(
    (name) => name === blueprint.decoder.bias || /^(cls|lm_head|predictions|head|vocab_|generator_)/.test(name),
  );
  if (head.length > 0) problems.push(`The masked-LM head is not there whole: ${several(head)} missing.`);
  const rest = missing.filter((name) => !head.includes(name));
  if (rest.length > 0) problems.push(`Missing: ${several(rest)}.`);
  for (const { tensor, expected } of misshapen) {
    problems.push(`${tensor.name} is [${tensor.shape}]; config.json makes it [${expected}].`);
  }
  if (unexpected.length > 0) problems.push(`Tensors that the model does not use: ${several(unexpected)}.`);
  const integers = tensors.filter(({ name, dtype }) => /^(I|U|BOOL|F8)/.test(dtype) && !unexpected.includes(name));
  const weights = new Set(blueprint.parameters.map(({ name }) => name));
  const quantized = integers.filter(({ name }) => weights.has(name));
  if (quantized.length > 0) {
    problems.push(
      `Quantized weights cannot be used here: ${several(quantized.map(({ name, dtype }) => `${name} (${dtype})`))}.`,
    );
  }
  return problems;
}

async function tokenizerProblems(folder: string, { blueprint }: Described, config: Config): Promise<string[]> {
  if (!existsSync(join(folder, 'tokenizer.json'))) {
    return ['There is no tokenizer.json: it can predict and train here only with the tokenizer of another folder.'];
  }
  let tokenizer: Tokenizer;
  try {
    tokenizer = await loadTokenizer(folder);
  } catch (error) {
    return [describeError(error)];
  }
  const problems: string[] = [];
  const { size, mask, pad, modelMaxLength } = tokenizer;
  if (size > blueprint.vocabSize) {
    problems.push(
      `The tokenizer has ${size} tokens, the embeddings ${blueprint.vocabSize}: texts with the others cannot be read. Training makes the embeddings grow.`,
    );
  }
  if (!mask) problems.push('The tokenizer names no mask token: nothing can be masked.');
  if (!pad) problems.push('The tokenizer names no padding token: rows of different lengths cannot be one batch.');
  const configPad = config.pad_token_id;
  if (pad && typeof configPad === 'number' && configPad !== pad.id) {
    problems.push(`The padding token is ${pad.id} in the tokenizer, ${configPad} in config.json.`);
  }
  if (modelMaxLength !== null && modelMaxLength > blueprint.maxLength) {
    problems.push(
      `The tokenizer allows rows of ${modelMaxLength} tokens, the model's positions ${blueprint.maxLength}.`,
    );
  }
  return problems;
}

const several = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
