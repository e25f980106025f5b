// What a model consists of, and what is wrong with it.
import { breathe } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { describeModel } from '../models/blueprint.ts';
import { type Config, readConfig } from '../models/config.ts';
import { fitTensors } from '../models/fit-tensors.ts';
import { checkModel } from './model-checks.ts';
import { Accumulator, type Statistics } from './statistics.ts';
import { openTensors, type TensorFiles } from './tensor-files.ts';

export interface TensorReport extends Omit<Statistics, 'count'> {
  readonly name: string;
  readonly shape: readonly number[];
  /** As the file writes it: F32, BF16 … */
  readonly dtype: string;
  readonly bytes: number;
}

export interface ModelReport {
  /** Null where there is no config.json, or it names none. */
  readonly model_type: string | null;
  /** Numbers that are trained, those of tied weights once. */
  readonly parameters: number;
  readonly tensors: readonly TensorReport[];
  /** Whether the output layer is the word embedding; null where config.json does not tell. */
  readonly tied: boolean | null;
  /** What keeps the model from working here, a sentence each. */
  readonly problems: readonly string[];
}

export interface InspectOptions {
  readonly signal?: AbortSignal | undefined;
  /** `share` of the bytes, from 0 to 1. */
  readonly onProgress?: ((share: number, tensor: string) => void) | undefined;
}

/** Reads `path`: a model folder, config.json, .safetensors or its index, .onnx. Tensors are streamed, one piece at a time. */
export async function inspectModel(path: string, options: InspectOptions = {}): Promise<ModelReport> {
  const files = await openTensors(path);
  try {
    const tensors = await reportTensors(files, options);
    const config = await configBeside(files);
    const problems = tensors.flatMap(({ name, nan, inf }) =>
      nan + inf > 0 ? [`${name} holds ${nan} NaN and ${inf} infinite numbers.`] : [],
    );
    if (files.kind === 'safetensors') problems.unshift(...(await checkModel(files.folder, config, files.tensors)));
    return {
      model_type: typeof config?.model_type === 'string' ? config.model_type : null,
      parameters: countParameters(files, config),
      tensors,
      tied: config === null || config.model_type === undefined ? null : config.tie_word_embeddings !== false,
      problems,
    };
  } finally {
    await files.close();
  }
}

async function reportTensors(
  { tensors }: TensorFiles,
  { signal, onProgress }: InspectOptions,
): Promise<TensorReport[]> {
  const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  const reports: TensorReport[] = [];
  let done = 0;
  for (const tensor of tensors) {
    const statistics = new Accumulator();
    let share = 0;
    for await (const numbers of tensor.pieces()) {
      statistics.add(numbers);
      share += numbers.length;
      onProgress?.((done + (tensor.bytes * share) / Math.max(1, size(tensor.shape))) / Math.max(1, total), tensor.name);
      await breathe(signal);
    }
    done += tensor.bytes;
    const { name, shape, dtype, bytes } = tensor;
    const { count: _, ...rest } = statistics.result;
    reports.push({ name, shape, dtype, bytes, ...rest });
  }
  return reports;
}

/** config.json of the folder; null where there is none, or none that can be read: the checks tell. */
async function configBeside({ folder }: TensorFiles): Promise<Config | null> {
  return readConfig(folder).catch(() => null);
}

/** Of a known architecture its parameters that are there; otherwise every floating-point number of the file. */
function countParameters({ tensors }: TensorFiles, config: Config | null): number {
  const floats = tensors.filter(({ dtype }) => /^(B?F\d)/.test(dtype));
  try {
    if (!config) throw new ClozeError('not-found', 'no config.json');
    const { architecture, blueprint } = describeModel(config, 'config.json');
    const { found, misshapen } = fitTensors(tensors, architecture, blueprint.parameters);
    if (found.size > 0) {
      return [...found.values(), ...misshapen.map(({ tensor }) => tensor)].reduce(
        (sum, { shape }) => sum + size(shape),
        0,
      );
    }
  } catch {
    // counted as a file of numbers
  }
  return floats.reduce((sum, { shape }) => sum + size(shape), 0);
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
