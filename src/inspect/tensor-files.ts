// The tensors of whatever holds a model: a folder, its config.json, .safetensors with or without index, .onnx.
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';
import { SafetensorsFile } from '../models/safetensors-read.ts';
import { readIndex, weightFiles } from '../models/weight-files.ts';
import { readModel } from '../onnx/read-model.ts';
import { type Numbers, SAFETENSORS_TYPE, toNumbers } from './numbers.ts';

export interface TensorView {
  readonly name: string;
  /** As the file writes it: F32, BF16, I64 … */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Its numbers, row-major, in pieces of some MB. */
  pieces(): AsyncIterable<Numbers>;
}

export interface TensorFiles {
  readonly kind: 'safetensors' | 'onnx';
  /** Where config.json and the tokenizer would lie. */
  readonly folder: string;
  readonly tensors: readonly TensorView[];
  close(): Promise<void>;
}

/** Bytes of a piece. */
const PIECE = 1 << 23;

/** Opens `path` for its tensors; headers are read and checked, numbers only when asked for. */
export async function openTensors(path: string): Promise<TensorFiles> {
  const stats = await stat(path).catch((error) => {
    const missing = systemCode(error) === 'ENOENT';
    throw new ClozeError(
      missing ? 'not-found' : 'bad-input',
      missing ? `There is no ${path}.` : `${path} cannot be read (${systemCode(error)}).`,
      'Check the path.',
    );
  });
  if (stats.isDirectory()) return openSafetensors(path, await weightFiles(path));
  const name = basename(path).toLowerCase();
  if (name.endsWith('.onnx')) return openOnnx(path);
  if (name.endsWith('.safetensors')) return openSafetensors(dirname(path), [path]);
  if (name.endsWith('.safetensors.index.json'))
    return openSafetensors(dirname(path), await readIndex(path, dirname(path)));
  if (name === 'config.json') return openSafetensors(dirname(path), await weightFiles(dirname(path)));
  throw new ClozeError(
    'unsupported',
    `${path} is no model file that Cloze knows.`,
    'Give a model folder, config.json, .safetensors or .onnx.',
  );
}

async function openSafetensors(folder: string, paths: readonly string[]): Promise<TensorFiles> {
  const files: SafetensorsFile[] = [];
  const close = async () => {
    for (const file of files) await file.close();
  };
  try {
    for (const path of paths) files.push(await SafetensorsFile.open(path));
  } catch (error) {
    await close();
    throw error;
  }
  const tensors = files.flatMap((file) =>
    [...file.tensors.values()].map((entry): TensorView => {
      const { name, dtype, shape, begin, end } = entry;
      return {
        name,
        dtype,
        shape,
        bytes: end - begin,
        async *pieces() {
          for await (const bytes of file.pieces(entry, PIECE)) yield toNumbers(dtype, bytes);
        },
      };
    }),
  );
  return { kind: 'safetensors', folder, tensors, close };
}

async function openOnnx(path: string): Promise<TensorFiles> {
  const graph = readModel(path);
  const tensors = [...graph.initializers].map(([name, { dtype, shape, bytes }]): TensorView => {
    const type = SAFETENSORS_TYPE[dtype];
    return {
      name,
      dtype: type ?? dtype,
      shape,
      bytes: bytes.length,
      async *pieces() {
        if (type) yield toNumbers(type, Uint8Array.from(bytes));
      },
    };
  });
  return { kind: 'onnx', folder: dirname(path), tensors, close: async () => {} };
}
