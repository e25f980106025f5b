// cloze export: a model as ONNX files, for transformers.js and every other runtime of ONNX.
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ClozeError } from '../base/errors.ts';
import { isFolder } from '../hub/cache.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { EXPORT_TYPES, type ExportType } from '../models/export/export-graph.ts';
import { exportOnnx } from '../models/export/export-onnx.ts';
import { sizeText } from '../protocol/file-size.ts';
import { choiceFlag } from './command.ts';
import { ProgressBar } from './progress-bar.ts';

interface Flags {
  readonly output?: string;
  readonly dtype: string;
}

export function exportModel(command: Command): void {
  command
    .argument('<model>', 'model folder; with --output also a name in the Hugging Face cache, or "bundled"')
    .option(
      '--output <folder>',
      "where to write, with the tokenizer and config.json; the model's own folder unless told",
    )
    .option(
      '--dtype <types>',
      'fp32 (onnx/model.onnx), q8 (onnx/model_quantized.onnx), or both',
      EXPORT_TYPES.join(','),
    )
    .action((model: string, flags: Flags) => run(model, flags));
}

async function run(model: string, flags: Flags): Promise<void> {
  const types = readTypes(flags.dtype);
  const output = flags.output === undefined ? undefined : resolve(flags.output);
  const folder = await resolveModel(model);
  if (output === undefined && !(await isFolder(model))) {
    throw new ClozeError(
      'bad-argument',
      `"${model}" is kept as it came: nothing is written into ${folder}.`,
      'Say where with --output.',
    );
  }
  const bar = new ProgressBar();
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const { files, notes } = await exportOnnx(folder, {
      output,
      types,
      signal: interrupted.signal,
      onProgress: (share, file) => bar.show(share, `exporting ${file}`),
    });
    bar.clear();
    for (const note of notes) console.error(`warning: ${note}`);
    for (const { path, bytes } of files) console.log(`${relative(process.cwd(), path)}  ${sizeText(bytes)}`);
  } finally {
    bar.clear();
    process.off('SIGINT', onInterrupt);
  }
}

function readTypes(dtype: string): readonly ExportType[] {
  return dtype.split(',').map((type) => choiceFlag('dtype', type.trim(), EXPORT_TYPES));
}
