// The weights of a model folder: model.safetensors, or the shards that its index names.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import type { Architecture } from './architecture.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { SafetensorsFile } from './safetensors-read.ts';

export interface Weights {
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Tensors of the files that no parameter is named like. */
  readonly unexpected: readonly string[];
}

/** Reads every parameter; a missing or misshapen one is an error that names it. */
export async function readWeights(
  folder: string,
  architecture: Architecture,
  parameters: readonly ParameterSpec[],
): Promise<Weights> {
  const specs = new Map(parameters.map((spec) => [spec.name, spec]));
  const weights = new Map<string, Float32Array>();
  const unexpected: string[] = [];
  for (const path of await weightFiles(folder)) {
    const file = await SafetensorsFile.open(path);
    try {
      for (const entry of file.tensors.values()) {
        if (architecture.unused.some((pattern) => pattern.test(entry.name))) continue;
        const name = todaysName(entry.name);
        const spec = specs.get(name);
        if (!spec) {
          unexpected.push(entry.name);
          continue;
        }
        if (entry.shape.join() !== spec.shape.join()) {
          throw new ClozeError(
            'bad-input',
            `${path}: ${entry.name} is [${entry.shape}]; config.json makes it [${spec.shape}].`,
            'config.json and the weights belong to different models: download both again.',
          );
        }
        weights.set(name, await file.read(entry));
      }
    } finally {
      await file.close();
    }
  }
  const missing = parameters.filter(({ name }) => !weights.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw incomplete(folder, architecture, missing, unexpected);
  return { weights, unexpected };
}

/** Files from TensorFlow's days call a norm's weight and bias gamma and beta. */
function todaysName(tensor: string): string {
  return tensor.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}

function incomplete(
  folder: string,
  { className }: Architecture,
  missing: readonly string[],
  unexpected: readonly string[],
): ClozeError {
  const spare = unexpected.length > 0 ? ` It has, unasked for, ${several(unexpected)}.` : '';
  return new ClozeError(
    'bad-input',
    `The weights in ${folder} lack ${several(missing)} of a ${Object.values(className)[0]}.${spare}`,
    'Choose a checkpoint with its masked-language-model head (architectures: …ForMaskedLM in config.json).',
  );
}

const several = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');

async function weightFiles(folder: string): Promise<readonly string[]> {
  const whole = join(folder, 'model.safetensors');
  if (existsSync(whole)) return [whole];
  const index = join(folder, 'model.safetensors.index.json');
  if (existsSync(index)) return readIndex(index, folder);
  const pickle = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) => existsSync(join(folder, name)));
  if (pickle) {
    throw new ClozeError(
      'unsupported',
      `${folder} holds its weights only as ${pickle}, a Python pickle, which can run any code when it is read.`,
      'Pick a revision with model.safetensors, or convert it once in Python: ' +
        'AutoModelForMaskedLM.from_pretrained(folder).save_pretrained(folder).',
    );
  }
  throw new ClozeError('not-found', `${folder} holds no model.safetensors.`, 'Download the model again.');
}

async function readIndex(path: string, folder: string): Promise<readonly string[]> {
  let map: unknown;
  try {
    map = (JSON.parse(await readFile(path, 'utf8')) as { weight_map?: unknown }).weight_map;
  } catch (error) {
    throw new ClozeError('bad-input', `${path} is not JSON.`, 'Download it again.', { cause: error });
  }
  const files = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : [];
  const sound = files.every((file): file is string => typeof file === 'string' && basename(file) === file);
  if (files.length === 0 || !sound) {
    throw new ClozeError('bad-input', `${path} names no files beside it.`, 'Download it again.');
  }
  return files.map((file) => join(folder, file as string));
}
