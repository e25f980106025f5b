#!/usr/bin/env node
// cloze: the command line. Exit status 0, 1 for an error, 2 for wrong usage, 130 after Ctrl-C.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, isCancelled, systemCode } from '../base/errors.ts';
import { nearestOf } from '../base/nearest.ts';
import { packageRoot } from '../base/package-root.ts';
import { type CommandSpec, runCommand, UsageError } from './command.ts';

const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'mask',
    help: 'Show text as tokens, masked as DataCollatorForLanguageModeling masks it.',
    load: async () => (await import('./mask.ts')).mask,
  },
  {
    name: 'train',
    help: "Fine-tune a masked language model, with run_mlm.py's flags.",
    load: async () => (await import('./train.ts')).train,
  },
  {
    name: 'evaluate',
    help: 'Measure the masked-token loss and accuracy of a model on a file.',
    load: async () => (await import('./evaluate.ts')).evaluate,
  },
  {
    name: 'fill-mask',
    help: "Predict a text's masked tokens, as Python's fill-mask pipeline does.",
    load: async () => (await import('./fill-mask.ts')).fillMask,
  },
  {
    name: 'export',
    help: 'Write a model as ONNX files, as transformers.js reads them.',
    load: async () => (await import('./export.ts')).exportModel,
  },
  {
    name: 'data',
    help: 'Tell the rows, columns, tokens, duplicates and leaks of data files.',
    load: async () => (await import('./data.ts')).data,
  },
  {
    name: 'model',
    help: "Tell a model's architecture, tensors with their statistics, and problems.",
    load: async () => (await import('./model.ts')).model,
  },
  {
    name: 'compare',
    help: 'Tell how far two models are apart, tensor by tensor.',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'runs',
    help: 'List training runs; pause, resume, stop or cancel one.',
    load: async () => (await import('./runs.ts')).runs,
  },
  {
    name: 'push',
    help: "Share a finished run's model on the Hugging Face Hub.",
    load: async () => (await import('./push.ts')).push,
  },
];

// whoever reads may leave early (cloze … | head)
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') process.exit(0);
    throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return help(name === undefined ? 2 : 0);
  if (name === '--version' || name === '-V') {
    const { version } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
    console.log(version);
    return 0;
  }
  const spec = COMMANDS.find((command) => command.name === name.replaceAll('_', '-'));
  if (!spec) {
    const near = nearestOf(
      name,
      COMMANDS.map((command) => command.name),
    );
    console.error(`cloze: there is no command "${name}".${near ? ` Did you mean ${near}?` : ''} See cloze --help.`);
    return 2;
  }
  try {
    await runCommand(spec, rest);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UsageError) return 2;
    if (isCancelled(error)) return 130;
    console.error(`cloze ${spec.name}: ${describeError(error)}`);
    if (process.env.CLOZE_DEBUG && error instanceof Error) console.error(error.stack);
    return 1;
  }
}

function help(status: number): number {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`);
  const text = ['Usage: cloze <command> [flags]', '', ...lines, '', 'cloze <command> --help tells its flags.'].join(
    '\n',
  );
  if (status === 0) console.log(text);
  else console.error(text);
  return status;
}
