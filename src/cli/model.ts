// cloze model: what a model consists of, its tensors in numbers, and what is wrong with it.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { resolveModel } from '../hub/resolve-model.ts';
import { inspectModel, type ModelReport, type TensorReport } from '../inspect/model-report.ts';
import { choiceFlag } from './command.ts';
import { onInterrupt } from './interrupt.ts';
import { ProgressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';

export function model(command: Command): void {
  command
    .argument('<path>', 'model folder, config.json, .safetensors or its index, .onnx; a cached model, or "bundled"')
    .option('--format <format>', 'table or json', 'table')
    .action((path: string, flags: { format: string }) => run(path, flags.format));
}

async function run(path: string, format: string): Promise<void> {
  const kind = choiceFlag('format', format, ['table', 'json']);
  const place = existsSync(path) ? path : await resolveModel(path);
  const bar = new ProgressBar();
  const interrupt = onInterrupt();
  let report: ModelReport;
  try {
    report = await inspectModel(place, {
      signal: interrupt.signal,
      onProgress: (share, tensor) => bar.show(share, `reading ${tensor}`),
    });
  } finally {
    bar.clear();
    interrupt.dispose();
  }
  if (kind === 'json') console.log(JSON.stringify(report));
  else print(report);
}

function print({ model_type, parameters, tensors, tied, problems }: ModelReport): void {
  const layer = tied === null ? 'unknown' : tied ? 'tied to the word embedding' : 'of its own';
  console.log(`model_type    ${model_type ?? 'unknown'}`);
  console.log(`parameters    ${parameters.toLocaleString('en')}`);
  console.log(`output layer  ${layer}`);
  console.log(`tensors       ${tensors.length}\n`);
  const head = ['name', 'shape', 'dtype', 'min', 'max', 'mean', 'std', 'zeros', 'nan', 'inf'];
  console.log(textTable([head, ...tensors.map(row)], ['left', 'left', 'left']));
  for (const problem of problems) console.log(`problem: ${problem}`);
  if (problems.length === 0) console.log('It can predict and train here.');
}

function row({ name, shape, dtype, min, max, mean, std, zeros, nan, inf }: TensorReport): string[] {
  const short = (value: number | null) => (value === null ? '' : String(Number(value.toPrecision(4))));
  return [name, `[${shape.join(', ')}]`, dtype, ...[min, max, mean, std].map(short), ...[zeros, nan, inf].map(String)];
}
