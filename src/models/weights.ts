// The weights of a model folder: model.safetensors, or the shards that its index names.
import { ClozeError } from '../base/errors.ts';
import type { Architecture } from './architecture.ts';
import { fitTensors } from './fit-tensors.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { SafetensorsFile } from './safetensors-read.ts';
import { weightFiles } from './weight-files.ts';

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
  const weights = new Map<string, Float32Array>();
  const unexpected: string[] = [];
  for (const path of await weightFiles(folder)) {
    const file = await SafetensorsFile.open(path);
    try {
      const fit = fitTensors(file.tensors.values(), architecture, parameters);
      const [wrong] = fit.misshapen;
      if (wrong) {
        const { tensor, expected } = wrong;
        throw new ClozeError(
          'bad-input',
          `${path}: ${tensor.name} is [${tensor.shape}]; config.json makes it [${expected}].`,
          'config.json and the weights belong to different models: download both again.',
        );
      }
      unexpected.push(...fit.unexpected);
      for (const [name, entry] of fit.found) weights.set(name, await file.read(entry));
    } finally {
      await file.close();
    }
  }
  const missing = parameters.filter(({ name }) => !weights.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw incomplete(folder, architecture, missing, unexpected);
  return { weights, unexpected };
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
