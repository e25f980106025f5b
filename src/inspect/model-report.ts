// What a model consists of, and what is wrong with it.
import { breathe } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { describeModel } from '../models/blueprint.ts';
import { type Config, readConfig } from '../models/config.ts';
import { fitTensors } from '../models/fit-tensors.ts';
import type { ModelOutline, TensorOutline, TensorReport } from '../protocol/model.ts';
import { checkModel } from './model-checks.ts';
import { Accumulator } from './statistics.ts';
import { openTensors, type TensorFiles } from './tensor-files.ts';
import type { TensorView } from './tensor-view.ts';

export type { TensorReport } from '../protocol/model.ts';

export interface ModelReport extends Pick<ModelOutline, 'model_type' | 'parameters' | 'tied'> {
  readonly tensors: readonly TensorReport[];
  /** What keeps the model from working here, a sentence each. */
  readonly problems: readonly string[];
}

export interface InspectOptions {
  readonly signal?: AbortSignal | undefined;
  /** `share` of the bytes, from 0 to 1. */
  readonly onProgress?: ((share: number, tensor: string) => void) | undefined;
}

export interface TensorOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
  readonly histogram?: boolean;
}

/** Reads `path`: a model folder, config.json, .safetensors or its index, .onnx. Tensors are streamed, one piece at a time. */
export async function inspectModel(path: string, options: InspectOptions = {}): Promise<ModelReport> {
  const files = await openTensors(path);
  try {
    const outline = await outlineModel(files);
    const tensors: TensorReport[] = [];
    const total = outline.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const [index, { name, shape, dtype, bytes }] of outline.tensors.entries()) {
      const { count: _, ...numbers } = (
        await tensorStatistics(files.tensors[index] as TensorView, {
          signal: options.signal,
          onProgress: (share) => options.onProgress?.((done + bytes * share) / Math.max(1, total), name),
        })
      ).result;
      tensors.push({ name, shape, dtype, bytes, ...numbers });
      done += bytes;
    }
    const { model_type, parameters, tied, checks } = outline;
    const problems = checks.flatMap(({ severity, text }) => (severity === 'ok' ? [] : [text]));
    return { model_type, parameters, tensors, tied, problems: [...problems, ...tensors.flatMap(notFinite)] };
  } finally {
    await files.close();
  }
}

/** What config, headers and tokenizer tell; no tensor is read. */
export async function outlineModel(files: TensorFiles): Promise<ModelOutline> {
  const config = await configBeside(files);
  const { kind, folder, onnx, bytes } = files;
  const tensors = files.tensors.map(({ name, shape, dtype, bytes }) => ({ name, shape, dtype, bytes }));
  const fitness =
    kind === 'safetensors'
      ? await checkModel(folder, config, tensors)
      : { checks: [], head: null, usable: false, embedding: null };
  return {
    kind,
    folder,
    bytes,
    onnx,
    model_type: typeof config?.model_type === 'string' ? config.model_type : null,
    parameters: countParameters(tensors, config),
    tensors,
    tied: config === null || config.model_type === undefined ? null : config.tie_word_embeddings !== false,
    ...fitness,
    embedding:
      fitness.embedding !== null && tensors.some(({ name }) => name === fitness.embedding) ? fitness.embedding : null,
  };
}

/** Reads a tensor through; `onProgress` is told the share of its numbers. */
export async function tensorStatistics(
  tensor: TensorView,
  { signal, onProgress, histogram = false }: TensorOptions = {},
): Promise<Accumulator> {
  const statistics = new Accumulator({ histogram });
  let read = 0;
  for await (const numbers of tensor.pieces()) {
    statistics.add(numbers);
    read += numbers.length;
    onProgress?.(read / Math.max(1, size(tensor.shape)));
    await breathe(signal);
  }
  return statistics;
}

/** What is wrong with a tensor's numbers, as a list of sentences. */
export const notFinite = ({ name, nan, inf }: TensorReport): readonly string[] =>
  nan + inf > 0 ? [`${name} holds ${nan} NaN and ${inf} infinite numbers.`] : [];

/** config.json of the folder; null where there is none, or none that can be read: the checks tell. */
async function configBeside({ folder }: TensorFiles): Promise<Config | null> {
  return readConfig(folder).catch(() => null);
}

/** Of a known architecture its parameters that are there; otherwise every floating-point number of the file. */
function countParameters(tensors: readonly TensorOutline[], config: Config | null): number {
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
