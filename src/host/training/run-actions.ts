// What a person can ask of a run: pause, resume, stop, cancel, look at its files, take it off the list.

import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { RunState, RunSummary } from '../../protocol/runs.ts';
import { TRAIN_LOG_FILE } from '../../runs/files.ts';
import { forgetRun } from '../../runs/registry.ts';
import { requestRun, resumeRun } from '../../runs/start.ts';
import { Lifetime } from '../lifetime.ts';
import { logError, showError } from '../log.ts';
import type { Services } from '../services.ts';
import { pushRun } from '../sharing/push-run.ts';
import { storedToken } from '../sharing/token.ts';
import type { RunList } from './run-list.ts';
import { isTrusted } from './trust.ts';

export type RunRequest = 'pause' | 'resume' | 'stop' | 'cancel';

/** What was asked and is not done yet, in a word. */
const PENDING: Readonly<Record<RunRequest, string>> = {
  pause: 'Pausing',
  resume: 'Resuming',
  stop: 'Stopping',
  cancel: 'Cancelling',
};

export class RunActions extends Lifetime {
  readonly #services: Services;
  readonly #runs: RunList;
  readonly #pending = new Map<string, { readonly word: string; readonly state: RunState }>();
  readonly #changed = this.register(new vscode.EventEmitter<string>());

  constructor(services: Services, runs: RunList) {
    super();
    this.#services = services;
    this.#runs = runs;
    this.register(runs.onDidChange(() => this.#settle()));
  }

  /** Fires with a run's folder when something was asked of it. */
  get onDidAsk(): vscode.Event<string> {
    return this.#changed.event;
  }

  /** Path of dist/trainer.mjs of this installation. */
  get trainer(): string {
    return this.#services.context.asAbsolutePath('dist/trainer.mjs');
  }

  /** What was asked of the run and is not done yet, such as `Pausing`. */
  pending({ folder, state }: RunSummary): string | undefined {
    const asked = this.#pending.get(folder);
    return asked?.state === state ? asked.word : undefined;
  }

  /** Asks it of the run; a failure is told to the person. */
  async request(folder: string, request: RunRequest): Promise<void> {
    if (request === 'resume' && !(await isTrusted('Resuming a run'))) return;
    if (request === 'cancel' && !(await this.#confirmCancel(folder))) return;
    const state = this.#runs.find(folder)?.state;
    if (state) this.#pending.set(folder, { word: PENDING[request], state });
    this.#changed.fire(folder);
    try {
      if (request === 'resume') await resumeRun(folder, this.trainer, await this.#tokenFor(folder));
      else await requestRun(folder, request);
    } catch (error) {
      this.#pending.delete(folder);
      this.#changed.fire(folder);
      this.#fail(`${request} ${folder}`, error);
    }
    await this.#runs.refresh();
  }

  /** Shares the run's model on the Hub; asks for what it needs. */
  async push(folder: string): Promise<void> {
    if (!(await isTrusted('Sharing on the Hub'))) return;
    try {
      await pushRun(this.#services, folder);
    } catch (error) {
      this.#fail(`sharing ${folder}`, error);
    }
  }

  /** train.log in an editor, at its end. */
  async openLog(folder: string): Promise<void> {
    const path = join(folder, TRAIN_LOG_FILE);
    const there = await stat(path).catch(() => null);
    if (!there) {
      void vscode.window.showInformationMessage(`This run has no log yet: ${path} is not there.`);
      return;
    }
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
      const editor = await vscode.window.showTextDocument(document, { preview: true });
      const end = document.lineAt(document.lineCount - 1).range.end;
      editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.Default);
    } catch (error) {
      this.#fail(`opening ${path}`, error);
    }
  }

  /** In the explorer where it lies in the workspace, else in the system's file manager or, far away, in a new window. */
  async openFolder(folder: string): Promise<void> {
    const uri = vscode.Uri.file(folder);
    const { executeCommand } = vscode.commands;
    if (vscode.workspace.getWorkspaceFolder(uri)) await executeCommand('revealInExplorer', uri);
    else if (vscode.env.uiKind === vscode.UIKind.Desktop && !vscode.env.remoteName) {
      await executeCommand('revealFileInOS', uri);
    } else await executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  }

  /** Takes a run off the list; nothing is deleted. */
  async forget(id: string, folder: string): Promise<void> {
    try {
      await forgetRun(id);
      vscode.window.setStatusBarMessage(`Cloze: off the list. The folder stays: ${folder}`, 6000);
    } catch (error) {
      this.#fail(`taking ${folder} off the list`, error);
    }
    await this.#runs.refresh();
  }

  async #confirmCancel(folder: string): Promise<boolean> {
    const run = this.#runs.find(folder);
    const cancel: vscode.MessageItem = { title: 'Cancel Run' };
    const keep: vscode.MessageItem = { title: 'Keep It', isCloseAffordance: true };
    const choice = await vscode.window.showWarningMessage(
      `Cancel ${run?.run.name ?? basename(folder)}?`,
      {
        modal: true,
        detail:
          'Nothing more is saved: what it learned since its last checkpoint is lost. The folder and its log stay.',
      },
      cancel,
      keep,
    );
    return choice === cancel;
  }

  /** The stored token, for a run that is shared. */
  async #tokenFor(folder: string): Promise<string | undefined> {
    const isShared = this.#runs.find(folder)?.run.args.push_to_hub === true;
    return isShared ? storedToken(this.#services.context) : undefined;
  }

  #settle(): void {
    for (const [folder, { state }] of this.#pending) {
      if (this.#runs.find(folder)?.state !== state) this.#pending.delete(folder);
    }
  }

  #fail(what: string, error: unknown): void {
    logError(this.#services.log, what, error);
    void showError(this.#services.log, error);
  }
}
