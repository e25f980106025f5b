// A model folder's weights as ONNX files in the places where transformers.js looks for them.
import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError, writeFileAtomic } from '../../base/atomic.ts';
import { breathe } from '../../base/cancellation.ts';
import { ClozeError, systemCode } from '../../base/errors.ts';
import { modelFileSize, writeModel } from '../../onnx/write-model.ts';
import { TOKENIZER_FILES } from '../../tokenize/model-folder.ts';
import { describeModel } from '../blueprint.ts';
import { readConfig } from '../config.ts';
import { readWeights } from '../weights.ts';
import { EXPORT_TYPES, type ExportType, exportGraph } from './export-graph.ts';

/** Where transformers.js looks for a type's weights, below the model's folder. */
const FILES: Readonly<Record<ExportType, string>> = { fp32: 'model.onnx', q8: 'model_quantized.onnx' };

export interface ExportOptions {
  /** Folder to write to, which gets the tokenizer and config.json too; absent: the model's own. */
  readonly output?: string | undefined;
  /** Absent: all. */
  readonly types?: readonly ExportType[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `share` of the bytes, from 0 to 1. */
  readonly onProgress?: ((share: number, file: string) => void) | undefined;
}

export interface Exported {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** What is worth telling, a sentence each. */
  readonly notes: readonly string[];
}

/** Writes onnx/model.onnx and onnx/model_quantized.onnx, each whole or not at all; no other file is touched. */
export async function exportOnnx(folder: string, options: ExportOptions = {}): Promise<Exported> {
  const { signal, onProgress } = options;
  const output = options.output ?? folder;
  onProgress?.(0, 'the weights');
  const { architecture, blueprint } = describeModel(await readConfig(folder), join(folder, 'config.json'));
  const { weights } = await readWeights(folder, architecture, blueprint.parameters);
  await breathe(signal);
  const target = join(output, 'onnx');
  const wanted = EXPORT_TYPES.filter((type) => options.types?.includes(type) ?? true).map((type) => {
    const path = join(target, FILES[type]);
    const graph = exportGraph(blueprint, weights, type);
    return { name: FILES[type], path, graph, bytes: modelFileSize(graph, path) };
  });
  await makeFolder(output);
  const notes = await bringCompanions(folder, output);
  await makeFolder(target);
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { name, path, graph, bytes } of wanted) {
    await writeModel(path, graph, { signal, onProgress: (written) => onProgress?.((done + written) / total, name) });
    done += bytes;
  }
  return { files: wanted.map(({ path, bytes }) => ({ path, bytes })), notes };
}

/** Takes away what an earlier export left of other weights. */
export async function removeExport(folder: string): Promise<void> {
  for (const name of Object.values(FILES)) await rm(join(folder, 'onnx', name), { force: true }).catch(() => undefined);
}

/** config.json and the tokenizer's files, which transformers.js reads beside onnx/. -> notes */
async function bringCompanions(folder: string, output: string): Promise<readonly string[]> {
  const files = new Map<string, Uint8Array>();
  for (const name of ['config.json', ...TOKENIZER_FILES]) {
    const content = await readIfThere(join(folder, name));
    if (content) files.set(name, content);
  }
  if ((await realpath(folder)) !== (await realpath(output))) await copyNew(files, output);
  return ['tokenizer.json', 'tokenizer_config.json']
    .filter((name) => !files.has(name))
    .map((name) => `${folder} has no ${name}, which transformers.js reads beside onnx/.`);
}

/** Looks at all before writing one: what lies there may be another model's. */
async function copyNew(files: ReadonlyMap<string, Uint8Array>, output: string): Promise<void> {
  const weights = ['model.safetensors', 'model.safetensors.index.json'].find((name) => existsSync(join(output, name)));
  if (weights) throw new ClozeError('bad-input', `${output} holds a model of its own.`, 'Choose an empty folder.');
  const missing: [string, Uint8Array][] = [];
  for (const [name, content] of files) {
    const path = join(output, name);
    const there = await readIfThere(path);
    if (!there) missing.push([path, content]);
    else if (Buffer.compare(there, content) !== 0) {
      throw new ClozeError('bad-input', `${path} is of another model.`, 'Choose an empty folder.');
    }
  }
  for (const [path, content] of missing) await writeFileAtomic(path, content);
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new ClozeError('bad-input', `${path} cannot be read (${systemCode(error)}).`, 'Check its permissions.', {
      cause: error,
    });
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const explained = explainWriteError(path, error);
    if (explained instanceof ClozeError) throw explained;
    throw new ClozeError('bad-input', `${path} cannot be made (${systemCode(error)}).`, 'Choose another folder.', {
      cause: error,
    });
  }
}
