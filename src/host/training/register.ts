// The training half of the extension: monitor, form, charts, notifications.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ChartPageMemory, ChartSource } from '../../protocol/chart-page.ts';
import { isLive, isShareable } from '../../protocol/run-text.ts';
import type { RunSummary } from '../../protocol/runs.ts';
import type { FormValues } from '../../protocol/training-page.ts';
import { exportModel } from '../export/export-model.ts';
import { Lifetime } from '../lifetime.ts';
import { logError, showError } from '../log.ts';
import { clozeIcon, registerSerializer } from '../page.ts';
import type { Services } from '../services.ts';
import { askForToken, clearToken } from '../sharing/token.ts';
import { CHART_VIEW, ChartPanel } from './chart-panel.ts';
import { findSource } from './chart-source.ts';
import { FORM_VIEW, FormPanel } from './form-panel.ts';
import { type BrokenNode, Monitor, RunNode } from './monitor.ts';
import { EndNotifications } from './notifications.ts';
import { pickRun } from './pick-run.ts';
import { RunActions, type RunRequest } from './run-actions.ts';
import { RunList } from './run-list.ts';
import { isTrusted } from './trust.ts';

/** Registers every command and view of training; what it returns ends them. */
export function registerTraining(services: Services): vscode.Disposable {
  return new Training(services);
}

class Training extends Lifetime {
  readonly #services: Services;
  readonly #runs = this.register(new RunList());
  readonly #actions: RunActions;
  readonly #monitor: Monitor;
  readonly #charts = new Set<ChartPanel>();
  #form: FormPanel | undefined;

  constructor(services: Services) {
    super();
    this.#services = services;
    this.#actions = this.register(new RunActions(services, this.#runs));
    this.#monitor = this.register(new Monitor(this.#runs, this.#actions));
    const openChart = (folder: string) => this.#openChart({ kind: 'run', path: folder });
    this.register(new EndNotifications(services, this.#runs, this.#actions, openChart));
    this.#registerCommands();
    this.register(
      registerSerializer(CHART_VIEW, services.log, (panel, saved) => {
        const source = readSource(saved);
        if (source) this.#adoptChart(panel, source);
        else void this.#adoptForgetful(panel);
      }),
    );
    this.register(registerSerializer(FORM_VIEW, services.log, (panel) => void this.#adoptForm(panel)));
  }

  #registerCommands(): void {
    const command = (name: string, run: (...args: never[]) => Promise<void>) => {
      const guarded = (...args: never[]) => run(...args).catch((error: unknown) => this.#fail(name, error));
      this.register(vscode.commands.registerCommand(name, guarded));
    };
    const request = (what: RunRequest, of: (run: RunSummary) => boolean, title: string) => async (node?: unknown) => {
      const run = node instanceof RunNode ? node.summary : await pickRun(this.#runs, title, of);
      if (run) await this.#actions.request(run.folder, what);
    };
    const live = ({ state }: RunSummary) => isLive(state);
    const resumable = ({ state }: RunSummary) => !isLive(state) && state !== 'finished';
    const cancellable = ({ state }: RunSummary) => isLive(state) || state === 'paused' || state === 'crashed';
    command('cloze.fineTune', (data?: vscode.Uri | FormValues) => this.#openForm(data));
    command('cloze.openLossChart', (what?: unknown) => this.#chooseChart(what));
    command('cloze.exportOnnx', (what?: unknown) => this.#export(what));
    command('cloze.pauseRun', request('pause', live, 'Pause which run?'));
    command('cloze.resumeRun', request('resume', resumable, 'Resume which run?'));
    command('cloze.stopRun', request('stop', live, 'Stop which run, and save its model?'));
    command('cloze.cancelRun', request('cancel', cancellable, 'Cancel which run?'));
    command('cloze.openRunFolder', async (node?: unknown) => {
      const folder = await this.#folderOf(node, 'Open the folder of which run?');
      if (folder) await this.#actions.openFolder(folder);
    });
    command('cloze.openRunLog', async (node?: unknown) => {
      const folder = await this.#folderOf(node, 'Open the log of which run?');
      if (folder) await this.#actions.openLog(folder);
    });
    const shareable = ({ state }: RunSummary) => isShareable(state);
    command('cloze.pushToHub', async (node?: unknown) => {
      const run =
        node instanceof RunNode ? node.summary : await pickRun(this.#runs, 'Push which run to the Hub?', shareable);
      if (run) await this.#actions.push(run.folder);
    });
    command('cloze.setHubToken', async () => {
      const token = await askForToken(this.#services.context);
      if (token) vscode.window.setStatusBarMessage('Cloze: the Hugging Face token is stored.', 6000);
    });
    command('cloze.clearHubToken', async () => {
      await clearToken(this.#services.context);
      vscode.window.setStatusBarMessage('Cloze: the stored Hugging Face token is deleted.', 6000);
    });
    command('cloze.forgetRun', (node?: unknown) => this.#forget(node));
  }

  async #folderOf(node: unknown, title: string): Promise<string | undefined> {
    if (node instanceof RunNode) return node.summary.folder;
    if (isBroken(node)) return node.run.folder;
    return (await pickRun(this.#runs, title))?.folder;
  }

  async #forget(node: unknown): Promise<void> {
    if (isBroken(node)) return this.#actions.forget(node.run.id, node.run.folder);
    const ended = ({ state }: RunSummary) => !isLive(state);
    const run =
      node instanceof RunNode ? node.summary : await pickRun(this.#runs, 'Remove which run from the list?', ended);
    if (run) await this.#actions.forget(run.run.id, run.folder);
  }

  /** A run's model, that of the weights chosen in the explorer, or one that is asked for. */
  async #export(what: unknown): Promise<void> {
    if (!(await isTrusted('Exporting a model'))) return;
    const folder = await this.#modelFolder(what);
    if (folder) await exportModel(this.#services, folder, (files) => this.#actions.openFolder(files));
  }

  async #modelFolder(what: unknown): Promise<string | undefined> {
    if (what instanceof RunNode) return what.summary.folder;
    if (what instanceof vscode.Uri) return dirname(what.fsPath);
    const saved = ({ state }: RunSummary) => isShareable(state);
    const run = await pickRun(this.#runs, 'Export the model of which run?', saved, 'A model folder…');
    if (run !== null) return run?.folder;
    const [folder] =
      (await vscode.window.showOpenDialog({
        title: 'Choose a model folder (config.json, model.safetensors, tokenizer.json)',
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: 'Export to ONNX',
      })) ?? [];
    return folder?.fsPath;
  }

  /** From the tree, the explorer, or a pick of runs and files. */
  async #chooseChart(what: unknown): Promise<void> {
    if (what instanceof RunNode) return this.#openChart({ kind: 'run', path: what.summary.folder });
    if (what instanceof vscode.Uri) return this.#openChart(await findSource(what.fsPath));
    const run = await pickRun(
      this.#runs,
      'Show the losses of which run?',
      undefined,
      'A trainer_state.json or run folder…',
    );
    if (run) return this.#openChart({ kind: 'run', path: run.folder });
    if (run === undefined) return;
    const [file] =
      (await vscode.window.showOpenDialog({
        title: 'Choose a trainer_state.json',
        filters: { 'Trainer state': ['json', 'jsonl'] },
        openLabel: 'Show Losses',
      })) ?? [];
    if (file) await this.#openChart(await findSource(file.fsPath));
  }

  async #openChart(source: ChartSource): Promise<void> {
    const open = [...this.#charts].find((chart) => chart.source.path === source.path);
    if (open) {
      open.panel.reveal();
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Active };
    const panel = vscode.window.createWebviewPanel(CHART_VIEW, 'Loss', column, { enableScripts: true });
    this.#adoptChart(panel, source);
  }

  #adoptChart(panel: vscode.WebviewPanel, source: ChartSource): void {
    panel.iconPath = clozeIcon(this.#services.context.extensionUri);
    const chart = new ChartPanel(panel, source, this.#services, this.#actions);
    this.#charts.add(chart);
    panel.onDidDispose(() => this.#charts.delete(chart));
  }

  /** A window that ended at once may have lost what its panel showed: the newest run is the best guess. */
  async #adoptForgetful(panel: vscode.WebviewPanel): Promise<void> {
    if (!this.#runs.list) await this.#runs.refresh();
    const { runs } = this.#runs;
    const newest = runs.find(({ state }) => isLive(state)) ?? runs[0];
    if (newest) this.#adoptChart(panel, { kind: 'run', path: newest.folder });
    else panel.dispose();
  }

  /** One form a window; `data`, a file or values of the form, becomes what it trains on. */
  async #openForm(data: vscode.Uri | FormValues | undefined): Promise<void> {
    if (!(await isTrusted('Fine-tuning'))) return;
    if (this.#form) this.#form.panel.reveal();
    else {
      const column = { viewColumn: vscode.ViewColumn.Active };
      const panel = vscode.window.createWebviewPanel(FORM_VIEW, 'Fine-tune', column, { enableScripts: true });
      this.#adoptForm(panel);
    }
    if (data) this.#form?.trainOn(data instanceof vscode.Uri ? { train_file: [data.fsPath] } : data);
  }

  #adoptForm(panel: vscode.WebviewPanel): void {
    panel.iconPath = clozeIcon(this.#services.context.extensionUri);
    const form = new FormPanel(panel, this.#services, this.#actions, async (folder) => {
      await this.#runs.refresh();
      await this.#openChart({ kind: 'run', path: folder });
      await this.#monitor.reveal(folder);
    });
    this.#form = form;
    panel.onDidDispose(() => {
      if (this.#form === form) this.#form = undefined;
    });
  }

  #fail(what: string, error: unknown): void {
    logError(this.#services.log, what, error);
    void showError(this.#services.log, error);
  }
}

function isBroken(node: unknown): node is BrokenNode {
  return typeof node === 'object' && node !== null && (node as Partial<BrokenNode>).kind === 'broken';
}

/** What the page saved, read back with care: it may be from another version. */
function readSource(saved: unknown): ChartSource | null {
  const source = (saved as Partial<ChartPageMemory> | null | undefined)?.source;
  if (typeof source?.path !== 'string' || source.path === '') return null;
  return { kind: source.kind === 'file' ? 'file' : 'run', path: source.path };
}
