// Which files of a model folder hold its weights: model.safetensors, or the shards that its index names.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClozeError } from '../base/errors.ts';

/** Throws ClozeError where there are none, or only a pickle. */
export async function weightFiles(folder: string): Promise<readonly string[]> {
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

/** The shards that an index names; they must lie beside it. */
export async function readIndex(path: string, folder: string): Promise<readonly string[]> {
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
