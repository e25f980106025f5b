// cloze runs: the runs on this machine, and what can be asked of them.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import { lossChartSvg } from '../protocol/loss-chart-svg.ts';
import type { RunSummary } from '../protocol/runs.ts';
import { readLogHistory } from '../runs/log-history.ts';
import { lastLogLines, readRun } from '../runs/read-run.ts';
import { forgetRun, registeredRuns } from '../runs/registry.ts';
import { requestRun, resumeRun } from '../runs/start.ts';
import { choiceFlag } from './command.ts';

const ACTIONS = ['list', 'show', 'pause', 'resume', 'stop', 'cancel', 'log', 'chart', 'forget'] as const;

interface Flags {
  readonly format: string;
}

export function runs(command: Command): void {
  command
    .argument('[action]', `${ACTIONS.join(', ')}`, 'list')
    .argument('[run]', 'id or folder of a run')
    .option('--format <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\npause saves a checkpoint and ends the process; resume goes on from it. stop saves the model too. cancel saves nothing. chart draws the losses into the run folder.',
    )
    .action((action: string, run: string | undefined, flags: Flags) => act(action, run, flags));
}

async function act(given: string, name: string | undefined, flags: Flags): Promise<void> {
  const action = choiceFlag('action', given, ACTIONS);
  const format = choiceFlag('format', flags.format, ['table', 'json']);
  if (action === 'list') return list(format);
  if (name === undefined) throw new ClozeError('bad-argument', `Which run? cloze runs ${action} <id or folder>`);
  const folder = await folderOf(name);
  switch (action) {
    case 'show':
      return show(await readRun(folder), format);
    case 'log':
      for (const line of await lastLogLines(folder, 1000)) console.log(line);
      return;
    case 'chart':
      console.log(`Loss chart: ${await drawChart(folder)}`);
      return;
    case 'resume':
      await resumeRun(folder, join(packageRoot(), 'dist', 'trainer.mjs'));
      console.log(`Goes on in the background: ${folder}`);
      return;
    case 'forget':
      await forgetRun((await readRun(folder)).run.id);
      console.log(`Taken off the list. The folder stays: ${folder}`);
      return;
    default:
      await requestRun(folder, action);
      console.log(`Asked to ${action}: ${folder}`);
  }
}

async function list(format: 'table' | 'json'): Promise<void> {
  const found = await Promise.all(
    (await registeredRuns()).map(({ id, folder }) =>
      readRun(folder).catch((error: Error) => ({ id, folder, problem: error.message })),
    ),
  );
  if (format === 'json') {
    console.log(JSON.stringify(found));
    return;
  }
  const good = found.filter((run) => 'run' in run).sort((a, b) => (a.run.created < b.run.created ? 1 : -1));
  if (found.length === 0) console.log('No runs yet. cloze train starts one.');
  const rows = [['id', 'state', 'step', 'loss', 'eval_loss', 'folder'], ...good.map(cells)];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  if (good.length > 0) {
    for (const row of rows)
      console.log(
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd(),
      );
  }
  for (const run of found) if ('problem' in run) console.error(`${run.id}: ${run.problem}`);
}

function cells({ run, state, progress, loss, evalLoss, folder }: RunSummary): string[] {
  const number = (value: number | null) => (value === null ? '' : value.toFixed(4));
  return [
    run.id,
    state,
    progress ? `${progress.step}/${progress.maxSteps}` : '',
    number(loss),
    number(evalLoss),
    folder,
  ];
}

function show(summary: RunSummary, format: 'table' | 'json'): void {
  if (format === 'json') {
    console.log(JSON.stringify(summary));
    return;
  }
  const { run, state, progress, loss, evalLoss, folder } = summary;
  const facts = {
    id: run.id,
    name: run.name,
    state,
    message: run.message,
    folder,
    model: run.model,
    loss,
    eval_loss: evalLoss,
  };
  for (const [name, value] of Object.entries({ ...facts, ...progress })) {
    if (value !== null && value !== undefined) console.log(`${name.padEnd(16)} ${value}`);
  }
}

/** Writes loss.svg into the run folder and resolves to its path. */
async function drawChart(folder: string): Promise<string> {
  const { run } = await readRun(folder);
  const file = join(folder, 'loss.svg');
  await writeFileAtomic(file, lossChartSvg(await readLogHistory(folder), { title: run.name }));
  return file;
}

/** The folder of a run by its id, or the folder itself. */
export async function folderOf(name: string): Promise<string> {
  const known = (await registeredRuns()).find(({ id }) => id === name);
  if (known) return known.folder;
  const isFolder = await stat(name).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) return resolve(name);
  throw new ClozeError('not-found', `There is no run "${name}".`, 'cloze runs lists them; a run folder does as well.');
}
