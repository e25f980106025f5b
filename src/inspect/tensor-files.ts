// The tensors of whatever holds a model: a folder, its config.json, .safetensors with or without index, .onnx.
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';
import { SafetensorsFile } from '../models/safetensors-read.ts';
import { readIndex, weightFiles } from '../models/weight-files.ts';
import type { OnnxOutline } from '../protocol/model.ts';
import { openOnnx } from './onnx-file.ts';
import { type TensorView, tensorView } from './tensor-view.ts';

export interface TensorFiles {
  readonly kind: 'safetensors' | 'onnx';
  /** Where config.json and the tokenizer would lie. */
  readonly folder: string;
  /** Of the files. */
  readonly bytes: number;
  /** What an .onnx file computes. */
  readonly onnx: OnnxOutline | null;
  readonly tensors: readonly TensorView[];
  close(): Promise<void>;
}

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
    [...file.tensors.values()].map((entry) => {
      const { name, dtype, shape, begin, end } = entry;
      return tensorView({ name, dtype, shape, length: end - begin, read: (from, to) => file.range(entry, from, to) });
    }),
  );
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { kind: 'safetensors', folder, bytes, tensors, onnx: null, close };
}
