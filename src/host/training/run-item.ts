// A run as rows of the monitor: the run itself, and one row a fact when it is opened.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import {
  canResume,
  count,
  durationText,
  epochText,
  isLive,
  isShareable,
  lossText,
  percentDone,
  speedText,
  stateText,
  stepText,
} from '../../protocol/run-text.ts';
import type { RunState, RunSummary } from '../../protocol/runs.ts';
import type { BrokenRun } from '../../runs/watch.ts';

const ICONS: Readonly<Record<RunState, vscode.ThemeIcon>> = {
  starting: new vscode.ThemeIcon('loading~spin'),
  running: new vscode.ThemeIcon('play-circle', new vscode.ThemeColor('charts.blue')),
  paused: new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow')),
  stopped: new vscode.ThemeIcon('stop-circle', new vscode.ThemeColor('charts.yellow')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
  finished: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  crashed: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
};

/** `pending`: what was asked of the run and is not done yet. */
export function runItem(summary: RunSummary, pending: string | undefined): vscode.TreeItem {
  const { run, state } = summary;
  const open = isLive(state) ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(shortName(run.name), open);
  const facts = shortFacts(summary, pending);
  item.id = run.id;
  item.description = facts.join(' · ');
  item.iconPath = pending ? new vscode.ThemeIcon('loading~spin') : ICONS[state];
  item.contextValue = contextOf(state);
  item.accessibilityInformation = { label: [run.name, ...facts].join(', ') };
  return item;
}

/** Built when the pointer rests on a run. What a run says is text, never markup. */
export function runTooltip(summary: RunSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(summary.run.name).appendMarkdown('**');
  for (const { label, value } of runFacts(summary)) {
    text.appendMarkdown('\n\n').appendText(`${label}: ${value}`);
  }
  return text;
}

/** A fact's key is its own for as long as the run is shown: rows stay where they are. */
export interface RunFact {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly icon: string;
  /** What a click on it does. */
  readonly command?: string;
}

export function runFacts(summary: RunSummary): RunFact[] {
  const { run, state, loss, evalLoss, folder } = summary;
  // before the data is tokenized nobody knows how many steps there are
  const progress = summary.progress && summary.progress.maxSteps > 0 ? summary.progress : null;
  const facts: (RunFact | null)[] = [
    run.message
      ? {
          key: 'message',
          label: state === 'finished' ? 'Sharing' : 'Why',
          value: run.message,
          icon: 'info',
          command: 'cloze.openRunLog',
        }
      : null,
    state === 'crashed'
      ? {
          key: 'crashed',
          label: 'Crashed',
          value: 'its process is gone; open the log, or resume from the last checkpoint',
          icon: 'warning',
          command: 'cloze.openRunLog',
        }
      : null,
    progress && {
      key: 'progress',
      label: 'Progress',
      value: [percent(summary), stepText(progress)].filter(Boolean).join(', '),
      icon: 'graph',
    },
    progress && { key: 'epoch', label: 'Epoch', value: epochText(progress).replace('epoch ', ''), icon: 'history' },
    loss === null
      ? null
      : {
          key: 'loss',
          label: 'Training loss',
          value: lossText(loss),
          icon: 'graph-line',
          command: 'cloze.openLossChart',
        },
    evalLoss === null
      ? null
      : {
          key: 'eval_loss',
          label: 'Validation loss',
          value: lossText(evalLoss),
          icon: 'graph-line',
          command: 'cloze.openLossChart',
        },
    summary.learningRate === null
      ? null
      : {
          key: 'learning_rate',
          label: 'Learning rate',
          value: String(Number(summary.learningRate.toPrecision(4))),
          icon: 'dashboard',
        },
    progress?.tokensPerSecond
      ? { key: 'speed', label: 'Speed', value: speedText(progress.tokensPerSecond), icon: 'rocket' }
      : null,
    isLive(state) && progress?.secondsLeft != null
      ? { key: 'left', label: 'Time left', value: durationText(progress.secondsLeft), icon: 'watch' }
      : null,
    progress && progress.skippedSteps > 0
      ? {
          key: 'skipped',
          label: 'Skipped steps',
          value: `${count(progress.skippedSteps)}, their loss or gradient was not finite`,
          icon: 'warning',
        }
      : null,
    { key: 'started', label: 'Started', value: timeText(run.created), icon: 'calendar' },
    { key: 'model', label: 'Model', value: run.model, icon: 'symbol-class' },
    { key: 'data', label: 'Data', value: run.data.map((path) => basename(path)).join(', '), icon: 'database' },
    { key: 'args', label: 'Arguments', value: argumentsText(run.args), icon: 'settings' },
    { key: 'folder', label: 'Folder', value: folder, icon: 'folder', command: 'cloze.openRunFolder' },
  ];
  return facts.filter((fact) => fact !== null);
}

/** A line of train.log, `index` from the first one shown. */
export function logFact(line: string, index: number): RunFact {
  const value = line.trim() === '' ? ' ' : line;
  return { key: `log${index}`, label: index === 0 ? 'Log' : '', value, icon: 'output', command: 'cloze.openRunLog' };
}

export function factItem(runId: string, { key, label, value, icon, command }: RunFact, run: unknown): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `${runId}/${key}`;
  item.description = value;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = `${label}: ${value}`;
  item.contextValue = 'fact';
  item.accessibilityInformation = { label: `${label}: ${value}` };
  if (command) item.command = { command, title: label, arguments: [run] };
  return item;
}

export function brokenItem({ id, folder, problem }: BrokenRun): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(folder));
  item.id = id;
  item.description = 'cannot be read';
  item.tooltip = problem;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.contextValue = 'broken';
  item.accessibilityInformation = { label: `${basename(folder)}, cannot be read: ${problem}` };
  return item;
}

/** Without the time that a run's own folder name ends in: the row is narrow, and newest come first. */
function shortName(name: string): string {
  return name.replace(/-\d{4}-\d\d-\d\d-\d{6}(-\d+)?$/, '');
}

/** `15:22` today, else `Nov 23, 15:22`. */
function timeText(iso: string): string {
  const time = new Date(iso);
  const today = new Date().toDateString() === time.toDateString();
  const day = today ? {} : ({ month: 'short', day: 'numeric' } as const);
  return time.toLocaleString('en-US', { ...day, hour: '2-digit', minute: '2-digit', hour12: false });
}

function shortFacts(summary: RunSummary, pending: string | undefined): string[] {
  const { state, progress, loss, evalLoss } = summary;
  const live = isLive(state);
  return [
    pending ?? stateText(state, progress),
    state === 'finished' ? null : percent(summary),
    loss === null ? null : `loss ${lossText(loss)}`,
    evalLoss === null ? null : `val ${lossText(evalLoss)}`,
    live && progress?.secondsLeft != null ? `${durationText(progress.secondsLeft)} left` : null,
    live && progress && progress.maxSteps > 0 ? epochText(progress) : null,
    live && progress && progress.maxSteps > 0 ? stepText(progress) : null,
    live && progress?.tokensPerSecond ? speedText(progress.tokensPerSecond) : null,
    live ? null : timeText(summary.run.ended ?? summary.run.created),
  ].filter((fact) => fact !== null);
}

function percent({ progress }: RunSummary): string | null {
  const done = percentDone(progress);
  return done === null ? null : `${done} %`;
}

/** Words that the manifest's menus look for. */
function contextOf(state: RunState): string {
  const words = ['run', isLive(state) ? 'live' : 'ended'];
  if (canResume(state)) words.push('resumable');
  if (isShareable(state)) words.push('shareable');
  if (isLive(state) || state === 'paused' || state === 'crashed') words.push('cancellable');
  return words.join(' ');
}

/** Those worth a line: what was given and is no path. */
function argumentsText(args: RunSummary['run']['args']): string {
  const shown = [
    'num_train_epochs',
    'max_steps',
    'per_device_train_batch_size',
    'learning_rate',
    'mlm_probability',
    'seed',
  ];
  return shown
    .filter((name) => args[name] !== undefined && args[name] !== null && args[name] !== -1)
    .map((name) => `${name} ${args[name]}`)
    .join(', ');
}
