// The tokenizer and the model that a run trains: loaded, resumed, or new from a config; some of it frozen.
import { stat } from 'node:fs/promises';
import { ClozeError } from '../base/errors.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { type Config, readConfig } from '../models/config.ts';
import { initMaskedLM } from '../models/init.ts';
import { loadMaskedLM } from '../models/load.ts';
import type { LoadOptions, MaskedLM } from '../models/types.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import { probeDevice } from '../session/probe-device.ts';
import type { Device } from '../session/session.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import type { Tokenizer } from '../tokenize/types.ts';

export interface OpenedModel {
  readonly tokenizer: Tokenizer;
  readonly model: MaskedLM;
}

/** `checkpoint`: the folder of a run that goes on; otherwise the model is what the arguments name, as in run_mlm.py. */
export async function openModel(
  args: TrainingArguments,
  checkpoint: string | undefined,
  warn: (message: string) => void,
): Promise<OpenedModel> {
  const config = args.config_name && !checkpoint ? await readConfig(await resolveConfig(args.config_name)) : undefined;
  const named = checkpoint ?? args.model_name_or_path;
  const folder = named === null ? null : await resolveModel(named);
  const tokenizer = await openTokenizer(args, checkpoint);
  const frozen = args.freeze === null ? undefined : new RegExp(args.freeze);
  const options: LoadOptions = {
    train: true,
    threads: args.threads ?? undefined,
    device: await usableDevice(args.device, warn),
    frozen: frozen && ((name) => frozen.test(name)),
  };
  const model =
    folder === null
      ? initMaskedLM(withRoom(config as Config, tokenizer.size), args.seed, options)
      : await loadMaskedLM(folder, { ...options, config, tokens: tokenizer.size });
  if (frozen) checkFrozen(model, frozen);
  return { tokenizer, model };
}

async function usableDevice(device: Device, warn: (message: string) => void): Promise<Device> {
  const problem = await probeDevice(device);
  if (problem === null) return device;
  warn(`WebGPU cannot be used here (${problem}): training on the CPU.`);
  return 'cpu';
}

async function openTokenizer(args: TrainingArguments, checkpoint: string | undefined): Promise<Tokenizer> {
  const name = args.tokenizer_name ?? checkpoint ?? args.model_name_or_path;
  if (name !== null) return loadTokenizer(await resolveModel(name));
  try {
    return await loadTokenizer(await resolveModel(args.config_name ?? ''));
  } catch (error) {
    throw new ClozeError(
      'bad-argument',
      'A new model needs a tokenizer, and there is none beside its config.',
      'Name one with tokenizer_name.',
      { cause: error },
    );
  }
}

/** config.json itself, or the model folder that holds it. */
async function resolveConfig(name: string): Promise<string> {
  const isFile = await stat(name).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return isFile ? name : resolveModel(name);
}

function withRoom(config: Config, tokens: number): Config {
  const size = config.vocab_size;
  return typeof size === 'number' && size >= tokens ? config : { ...config, vocab_size: tokens };
}

function checkFrozen(model: MaskedLM, pattern: RegExp): void {
  const names = model.parameters.map(({ name }) => name);
  const trained = model.parameters.filter(({ trainable }) => trainable).length;
  if (trained > 0 && trained < names.length) return;
  throw new ClozeError(
    'bad-argument',
    trained === 0
      ? `freeze: ${pattern} finds every parameter, so nothing is left to train.`
      : `freeze: ${pattern} finds no parameter of this model.`,
    `Its parameters have names such as ${names.slice(0, 3).join(', ')} and ${names.at(-1)}.`,
  );
}
