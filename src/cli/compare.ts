// cloze compare: how far two models are apart, tensor by tensor.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { resolveModel } from '../hub/resolve-model.ts';
import { type Comparison, compareModels } from '../inspect/compare.ts';
import { choiceFlag } from './command.ts';
import { onInterrupt } from './interrupt.ts';
import { ProgressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';

export function compare(command: Command): void {
  command
    .argument('<a>', 'model folder, .safetensors, .onnx; a cached model, or "bundled"')
    .argument('<b>', 'the other one')
    .option('--format <format>', 'table or json', 'table')
    .action((a: string, b: string, flags: { format: string }) => run(a, b, flags.format));
}

async function run(a: string, b: string, format: string): Promise<void> {
  const kind = choiceFlag('format', format, ['table', 'json']);
  const place = async (path: string) => (existsSync(path) ? path : resolveModel(path));
  const bar = new ProgressBar();
  const interrupt = onInterrupt();
  let comparison: Comparison;
  try {
    comparison = await compareModels(await place(a), await place(b), {
      signal: interrupt.signal,
      onProgress: (share, tensor) => bar.show(share, `comparing ${tensor}`),
    });
  } finally {
    bar.clear();
    interrupt.dispose();
  }
  if (kind === 'json') console.log(JSON.stringify(comparison));
  else print(comparison);
}

function print({ tensors, only_in_a, only_in_b, reshaped, config, vocabulary }: Comparison): void {
  const short = (value: number | null) => (value === null ? '' : String(Number(value.toPrecision(5))));
  const rows = tensors.map(({ name, shape, relative_change, cosine }) => [
    name,
    `[${shape.join(', ')}]`,
    short(relative_change),
    short(cosine),
  ]);
  console.log(textTable([['name', 'shape', 'relative change', 'cosine'], ...rows], ['left', 'left']));
  for (const { name, a, b } of reshaped) console.log(`${name}: [${a.join(', ')}] in A, [${b.join(', ')}] in B`);
  if (only_in_a.length > 0) console.log(`only in A: ${only_in_a.join(', ')}`);
  if (only_in_b.length > 0) console.log(`only in B: ${only_in_b.join(', ')}`);
  for (const { name, a, b } of config ?? []) {
    console.log(`config ${name}: ${JSON.stringify(a)} in A, ${JSON.stringify(b)} in B`);
  }
  if (!config) console.log('config: one of them has no config.json');
  console.log(`vocabulary: ${describeVocabulary(vocabulary)}`);
}

function describeVocabulary(vocabulary: Comparison['vocabulary']): string {
  if (!vocabulary) return 'one of them has no tokenizer.json';
  const { only_in_a: lost, only_in_b: added, renumbered } = vocabulary;
  if (lost.length + added.length + renumbered === 0) return 'the same';
  return `${lost.length} tokens only in A, ${added.length} only in B, ${renumbered} with another id`;
}
