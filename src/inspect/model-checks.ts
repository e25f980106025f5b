// Whether the parts of a model folder fit each other: config, weights, tokenizer. In plain words.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../base/errors.ts';
import { type Described, describeModel } from '../models/blueprint.ts';
import { type Config, readConfig } from '../models/config.ts';
import { fitTensors } from '../models/fit-tensors.ts';
import type { Check, TensorOutline } from '../protocol/model.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import type { Tokenizer } from '../tokenize/types.ts';

export interface ModelFitness {
  readonly checks: readonly Check[];
  /** Whether a masked-LM head is there whole; null where the architecture is not known. */
  readonly head: boolean | null;
  /** Whether it can predict and be trained here. */
  readonly usable: boolean;
  /** The word embedding's name; null where the architecture is not known. */
  readonly embedding: string | null;
}

/** Looks at all that has to fit in the model of `folder`. */
export async function checkModel(
  folder: string,
  config: Config | null,
  tensors: readonly TensorOutline[],
): Promise<ModelFitness> {
  const unknown = (text: string): ModelFitness => ({
    checks: [{ severity: 'error', text }],
    head: null,
    usable: false,
    embedding: null,
  });
  if (!config) {
    const why = await readConfig(folder).then(
      () => '',
      (error) => describeError(error),
    );
    return unknown(`Without its config the model cannot be used: ${why}`);
  }
  let described: Described;
  try {
    described = describeModel(config, 'config.json');
  } catch (error) {
    return unknown(`It can neither predict nor train here: ${describeError(error)}`);
  }
  const weights = checkWeights(described, tensors);
  const checks = [...weights.checks, ...(await checkTokenizer(folder, described, config))];
  return {
    checks,
    head: weights.head,
    usable: checks.every(({ severity }) => severity !== 'error'),
    embedding: described.blueprint.decoder.weight,
  };
}

function checkWeights(
  { architecture, blueprint }: Described,
  tensors: readonly TensorOutline[],
): { readonly checks: readonly Check[]; readonly head: boolean } {
  const checks: Check[] = [];
  const error = (text: string) => checks.push({ severity: 'error', text });
  const { missing, unexpected, misshapen } = fitTensors(tensors, architecture, blueprint.parameters);
  const headNames = missing.filter(
    (name) => name === blueprint.decoder.bias || /^(cls|lm_head|predictions|head|vocab_|generator_)/.test(name),
  );
  if (headNames.length > 0) error(`The masked-LM head is not there whole: ${several(headNames)} missing.`);
  else checks.push({ severity: 'ok', text: 'The masked-LM head is there.' });
  const rest = missing.filter((name) => !headNames.includes(name));
  if (rest.length > 0) error(`Missing: ${several(rest)}.`);
  for (const { tensor, expected } of misshapen) {
    error(`${tensor.name} is [${tensor.shape}]; config.json makes it [${expected}].`);
  }
  if (missing.length + misshapen.length === 0) {
    const count = blueprint.parameters.length;
    checks.push({ severity: 'ok', text: `All ${count} tensors of the architecture are there, in the right shapes.` });
  }
  if (unexpected.length > 0) {
    checks.push({ severity: 'warning', text: `Tensors that the model does not use: ${several(unexpected)}.` });
  }
  const integers = tensors.filter(({ name, dtype }) => /^(I|U|BOOL|F8)/.test(dtype) && !unexpected.includes(name));
  const weights = new Set(blueprint.parameters.map(({ name }) => name));
  const quantized = integers.filter(({ name }) => weights.has(name));
  if (quantized.length > 0) {
    error(
      `Quantized weights cannot be used here: ${several(quantized.map(({ name, dtype }) => `${name} (${dtype})`))}.`,
    );
  }
  return { checks, head: headNames.length === 0 };
}

async function checkTokenizer(folder: string, { blueprint }: Described, config: Config): Promise<Check[]> {
  const checks: Check[] = [];
  const add = (severity: Check['severity'], text: string) => checks.push({ severity, text });
  if (!existsSync(join(folder, 'tokenizer.json'))) {
    add(
      'error',
      'There is no tokenizer.json: it can predict and train here only with the tokenizer of another folder.',
    );
    return checks;
  }
  let tokenizer: Tokenizer;
  try {
    tokenizer = await loadTokenizer(folder);
  } catch (error) {
    add('error', describeError(error));
    return checks;
  }
  const { size, mask, pad, modelMaxLength } = tokenizer;
  if (size > blueprint.vocabSize) {
    add(
      'warning',
      `The tokenizer has ${size} tokens, the embeddings ${blueprint.vocabSize}: texts with the others cannot be read. Training makes the embeddings grow.`,
    );
  } else add('ok', `The tokenizer has ${size} tokens, the embeddings ${blueprint.vocabSize} rows.`);
  if (!mask) add('error', 'The tokenizer names no mask token: nothing can be masked.');
  else add('ok', `The mask token is ${mask.token}, id ${mask.id}.`);
  if (!pad) add('warning', 'The tokenizer names no padding token: rows of different lengths cannot be one batch.');
  const configPad = config.pad_token_id;
  if (pad && typeof configPad === 'number' && configPad !== pad.id) {
    add('warning', `The padding token is ${pad.id} in the tokenizer, ${configPad} in config.json.`);
  } else if (pad) add('ok', `The padding token is ${pad.token}, id ${pad.id}.`);
  if (modelMaxLength !== null && modelMaxLength > blueprint.maxLength) {
    add(
      'warning',
      `The tokenizer allows rows of ${modelMaxLength} tokens, the model's positions ${blueprint.maxLength}.`,
    );
  } else add('ok', `Rows may have ${Math.min(modelMaxLength ?? blueprint.maxLength, blueprint.maxLength)} tokens.`);
  return checks;
}

const several = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
