// Writes a model as a Hugging Face folder: config.json and model.safetensors.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError, writeFileAtomic } from '../base/atomic.ts';
import { type StoredType, writeSafetensors } from './safetensors-write.ts';
import type { MaskedLM } from './types.ts';

export interface SaveOptions {
  /** How the weights are stored; float32 unless told. */
  readonly dtype?: StoredType;
}

/** The tied decoder is not saved twice; Python ties it again. The tokenizer's files are the caller's. */
export async function saveMaskedLM(
  model: MaskedLM,
  folder: string,
  { dtype = 'float32' }: SaveOptions = {},
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainWriteError(folder, error);
  }
  await writeSafetensors(join(folder, 'model.safetensors'), model.parameters, dtype);
  // 4.x says torch_dtype, 5.x dtype; two answers would be one too many
  const { torch_dtype: _, ...config } = model.config;
  await writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify({ ...config, dtype }, null, 2)}\n`);
}
