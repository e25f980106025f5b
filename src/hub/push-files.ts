// Which files of a folder make up the model that is shared.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '../base/errors.ts';

export interface PushFile {
  /** Its place in the repository. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Where it lies on this machine, or its content. */
  readonly source: string | Uint8Array;
}

/** Model, tokenizer, card, results and arguments; its ONNX files come to these. Nothing of how the run is steered, no checkpoint, no log. */
const SHARED: readonly RegExp[] = [
  /^(generation_)?config\.json$/,
  /^model(-\d+-of-\d+)?\.safetensors$/,
  /^model\.safetensors\.index\.json$/,
  /^(tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(vocab|merges|sentencepiece|spm|spiece)\.(txt|model)$/,
  /^tokenizer\.model$/,
  /^README\.md$/,
  /^(LICENSE|NOTICE)(\.txt|\.md)?$/i,
  /^(train|eval|all)_results\.json$/,
  /^training_args\.json$/,
];

/** What is shared of the model in `folder`, by name. Throws ClozeError when there is no model. */
export async function modelFiles(folder: string): Promise<PushFile[]> {
  const files = (await filesIn(folder)).filter(({ path }) => SHARED.some((pattern) => pattern.test(path)));
  const names = files.map(({ path }) => path);
  if (!names.includes('config.json') || !names.some((name) => name.endsWith('.safetensors'))) {
    throw new ClozeError(
      'not-found',
      `${folder} holds no model to share: config.json or model.safetensors is missing.`,
      'Choose the folder of a finished run, or one of its checkpoints.',
    );
  }
  return [...files, ...(await exportedFiles(folder))];
}

/** What cloze export wrote, unless the model was trained since. */
async function exportedFiles(folder: string): Promise<PushFile[]> {
  const changed = async (path: string) => (await stat(path).catch(() => null))?.mtimeMs ?? 0;
  const trained = await changed(join(folder, 'model.safetensors'));
  const found = (await filesIn(join(folder, 'onnx'))).filter(({ path }) => /^model(_\w+)?\.onnx$/.test(path));
  const times = await Promise.all(found.map(({ path }) => changed(join(folder, 'onnx', path))));
  return found.filter((_, i) => (times[i] ?? 0) >= trained).map((file) => ({ ...file, path: `onnx/${file.path}` }));
}

/** Every file of a checkpoint, for a folder of that name in the repository. */
export async function checkpointFiles(folder: string, place: string): Promise<PushFile[]> {
  return (await filesIn(folder)).map((file) => ({ ...file, path: `${place}/${file.path}` }));
}

export function totalSize(files: readonly PushFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

async function filesIn(folder: string): Promise<PushFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const source = join(folder, name);
      const stats = await stat(source).catch(() => null);
      return stats?.isFile() ? { path: name, size: stats.size, source } : null;
    }),
  );
  return found.filter((file) => file !== null);
}
