// Says that a run ended or failed: once, in whichever window is first.
import * as vscode from 'vscode';
import { isLive, lossText } from '../../protocol/run-text.ts';
import type { RunState, RunSummary } from '../../protocol/runs.ts';
import { claimNotification } from '../../runs/notify-once.ts';
import type { RunList as Runs } from '../../runs/watch.ts';
import { Lifetime } from '../lifetime.ts';
import { logError } from '../log.ts';
import type { Services } from '../services.ts';
import type { RunActions } from './run-actions.ts';
import type { RunList } from './run-list.ts';

/** Ends worth saying; pausing and cancelling are what somebody just asked for. */
const TOLD: readonly RunState[] = ['finished', 'stopped', 'failed', 'crashed'];

/** A run that ended while no window was open is told of at the next start, unless that is older. Milliseconds. */
const RECENT = 12 * 60 * 60 * 1000;

const OPEN_CHART = 'Open Chart';
const OPEN_LOG = 'Open Log';
const RESUME = 'Resume';
const OPEN_HUB = 'Open on the Hub';
const PUSH = 'Push to Hub';

export class EndNotifications extends Lifetime {
  readonly #services: Services;
  readonly #actions: RunActions;
  readonly #openChart: (folder: string) => Promise<void>;
  #live: ReadonlySet<string> | undefined;
  /** Finished runs whose model is on its way to the Hub. */
  #sharing: ReadonlySet<string> = new Set();

  constructor(services: Services, runs: RunList, actions: RunActions, openChart: (folder: string) => Promise<void>) {
    super();
    this.#services = services;
    this.#actions = actions;
    this.#openChart = openChart;
    this.register(runs.onDidChange((list) => void this.#look(list)));
  }

  async #look({ runs }: Runs): Promise<void> {
    const before = this.#live;
    this.#live = new Set(runs.filter(({ state }) => isLive(state)).map(({ run }) => run.id));
    const ended = before ? runs.filter(({ run }) => before.has(run.id)) : runs.filter(isRecent).slice(0, 1);
    for (const run of ended) {
      if (!TOLD.includes(run.state)) continue;
      try {
        if (await claimNotification(run)) await this.#tell(run);
      } catch (error) {
        logError(this.#services.log, `telling that ${run.folder} ended`, error);
      }
    }
    await this.#lookAtSharing(runs);
  }

  /** push_to_hub goes on after the run has finished: how it went is told when run.json says it. */
  async #lookAtSharing(runs: readonly RunSummary[]): Promise<void> {
    const waiting = this.#sharing;
    const shared = runs.filter(({ run, state }) => state === 'finished' && run.args.push_to_hub === true);
    this.#sharing = new Set(shared.filter(({ run }) => run.message === undefined).map(({ run }) => run.id));
    for (const summary of shared) {
      const { run, folder } = summary;
      if (!waiting.has(run.id) || run.message === undefined) continue;
      if (!(await claimNotification(summary, undefined, 'shared'))) continue;
      const url = /^Shared: (https?:\/\/\S+)$/.exec(run.message)?.[1];
      const show = url ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
      void show(`${run.name}: ${run.message}`, url ? OPEN_HUB : PUSH).then((choice) => {
        if (choice === OPEN_HUB && url) void vscode.env.openExternal(vscode.Uri.parse(url));
        if (choice === PUSH) return this.#actions.push(folder);
      });
    }
  }

  async #tell(summary: RunSummary): Promise<void> {
    const text = endText(summary);
    const { state, folder } = summary;
    const wrong = state === 'failed' || state === 'crashed';
    const show = wrong ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    // the message may stay for hours: nobody waits for it
    void show(text, OPEN_CHART, ...(wrong ? [OPEN_LOG, RESUME] : [])).then((choice) => {
      if (choice === OPEN_CHART) return this.#openChart(folder);
      if (choice === OPEN_LOG) return this.#actions.openLog(folder);
      if (choice === RESUME) return this.#actions.request(folder, 'resume');
    });
  }
}

function endText({ run, state, evalLoss, loss }: RunSummary): string {
  const result =
    evalLoss !== null ? ` Validation loss ${lossText(evalLoss)}.` : loss !== null ? ` Loss ${lossText(loss)}.` : '';
  switch (state) {
    case 'finished':
      return `${run.name} has finished.${result}`;
    case 'stopped':
      return `${run.name} was stopped and saved.${result}`;
    case 'crashed':
      return `${run.name} crashed: its process is gone.`;
    default:
      return `${run.name} failed. ${run.message ?? ''}`.trim();
  }
}

function isRecent({ run }: RunSummary): boolean {
  return Date.now() - Date.parse(run.ended ?? run.started ?? run.created) < RECENT;
}
