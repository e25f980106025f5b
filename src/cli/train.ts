// cloze train: a training run in this terminal, in a run folder as every other.
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { ClozeError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { requireToken } from '../hub/token.ts';
import { OTHER_ARGUMENTS } from '../protocol/other-arguments.ts';
import { resolveArguments, type TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry } from '../protocol/runs.ts';
import { type ArgumentSpec, TRAINING_ARGUMENTS } from '../protocol/training-arguments.ts';
import { createRun, defaultRunFolder, reopenRun } from '../runs/create-run.ts';
import { RUN_FILE } from '../runs/files.ts';
import { startRun } from '../runs/start.ts';
import { findCheckpoint } from '../train/checkpoint.ts';
import type { Progress, Request } from '../train/observer.ts';
import { runInFolder } from '../trainer/run-in-folder.ts';
import { ProgressBar } from './progress-bar.ts';

type Flags = Readonly<Record<string, string | boolean | string[] | undefined>>;

export function train(command: Command): void {
  for (const spec of TRAINING_ARGUMENTS) command.addOption(flagOf(spec));
  for (const spec of TRAINING_ARGUMENTS) {
    for (const alias of spec.aliases ?? []) command.addOption(flagOf({ ...spec, name: alias }).hideHelp());
  }
  for (const { name } of OTHER_ARGUMENTS) command.addOption(new Option(`--${name} [value]`).hideHelp());
  command.option('--detach', 'start in the background and return; cloze runs shows it');
  command.action((flags: Flags) => run(flags));
}

function flagOf({ name, type, help, default: fallback, choices }: ArgumentSpec): Option {
  const optional = type === 'bool' || name === 'resume_from_checkpoint';
  const value = optional ? '[value]' : type === 'paths' ? '<files...>' : `<${type}>`;
  const list = choices ? ` One of ${choices.join(', ')}.` : '';
  const shown = fallback === null || fallback === '' ? '' : ` (${fallback})`;
  return new Option(`--${name} ${value}`, `${help}${list}${shown}`);
}

async function run({ detach, ...flags }: Flags): Promise<void> {
  const { args: given, errors } = resolveArguments(flags);
  if (!given) throw new ClozeError('bad-argument', errors.map(({ message }) => message).join('\n             '));
  const folder = resolve(given.output_dir ?? defaultRunFolder(process.cwd(), given));
  const args = { ...given, output_dir: folder };
  const checkpoint = await wantedCheckpoint(args, folder);
  await checkInputs(args);
  if (args.push_to_hub) await requireToken();
  const clozeVersion = await version();
  if (detach) {
    if (checkpoint)
      throw new ClozeError('bad-argument', '--detach starts a new run.', 'cloze runs resume goes on with one.');
    await startRun({ args, clozeVersion }, join(packageRoot(), 'dist', 'trainer.mjs'));
    console.log(`Started in the background: ${folder}`);
    return;
  }
  if (checkpoint && (await exists(join(folder, RUN_FILE)))) await reopenRun(folder, args);
  else await createRun({ args: { ...args, overwrite_output_dir: args.overwrite_output_dir }, clozeVersion });
  await trainHere(folder, checkpoint);
}

/** Before a folder is made: the model and every file must be there. */
async function checkInputs(args: TrainingArguments): Promise<void> {
  for (const name of [args.model_name_or_path, args.tokenizer_name]) if (name !== null) await resolveModel(name);
  for (const path of [...args.train_file, ...args.validation_file]) {
    if (!(await exists(path)) && !/[*?]/.test(path))
      throw new ClozeError('not-found', `There is no file ${resolve(path)}.`, 'Check the path.');
  }
}

async function trainHere(folder: string, checkpoint: string | undefined): Promise<void> {
  const bar = new ProgressBar();
  const interrupt = onInterrupt(() => {
    bar.clear();
    console.error('Stopping: the step is finished and saved first. Press Ctrl-C again to end without saving.');
  });
  const say = (line: string) => {
    bar.clear();
    console.log(line);
  };
  say(`Run folder: ${folder}`);
  try {
    const outcome = await runInFolder(folder, {
      resume: checkpoint !== undefined,
      checkpoint,
      requested: interrupt.requested,
      onLog: (entry) => say(describeEntry(entry)),
      onProgress: (progress) =>
        bar.show(progress.maxSteps ? progress.step / progress.maxSteps : (progress.share ?? 0), describe(progress)),
      onMessage: (level, text) => say(level === 'warning' ? `warning: ${text}` : text),
    });
    bar.clear();
    if (outcome === 'finished') return say(`Finished. The model is in ${folder}`);
    say(`Ended early (${outcome}). Go on with: cloze train … --output_dir ${folder} --resume_from_checkpoint`);
    process.exitCode = interrupt.requested() ? 130 : 1;
  } finally {
    bar.clear();
    interrupt.dispose();
  }
}

/** The first Ctrl-C asks to stop and save, the second to cancel. SIGTERM pauses. */
function onInterrupt(tell: () => void): { requested: () => Request | null; dispose: () => void } {
  let asked: Request | null = null;
  const interrupt = () => {
    asked = asked === 'stop' ? 'cancel' : 'stop';
    if (asked === 'stop') tell();
  };
  const terminate = () => {
    asked = 'pause';
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', terminate);
  return {
    requested: () => asked,
    dispose: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
      process.off('SIGHUP', terminate);
    },
  };
}

async function wantedCheckpoint(args: TrainingArguments, folder: string): Promise<string | undefined> {
  const wanted = args.resume_from_checkpoint;
  if (wanted === null || wanted === 'false') return undefined;
  return resolve(await findCheckpoint(folder, wanted === 'true' ? 'true' : resolve(wanted)));
}

function describe({ phase, step, maxSteps, epoch, tokensPerSecond, secondsLeft, share }: Progress): string {
  if (maxSteps === 0) return share === undefined ? `${phase}…` : `${phase} ${Math.floor(100 * share)} %`;
  const speed = tokensPerSecond === null ? '' : `, ${Math.round(tokensPerSecond)} tokens/s`;
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
  return `${phase} ${step}/${maxSteps}, epoch ${epoch.toFixed(2)}${speed}${left}`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** As Trainer prints it. */
function describeEntry(entry: LogEntry): string {
  const short = Object.entries(entry)
    .filter(([key]) => key !== 'step')
    .map(([key, value]) => `'${key}': ${Number(value.toPrecision(5))}`);
  return `{${short.join(', ')}}`;
}

async function version(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
