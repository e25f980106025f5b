// The runs of this machine, watched once for all views of this window.
import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/runs.ts';
import { type RunList as Runs, RunWatcher } from '../../runs/watch.ts';
import { Lifetime } from '../lifetime.ts';

export class RunList extends Lifetime {
  readonly #changed = this.register(new vscode.EventEmitter<Runs>());
  readonly #watcher: RunWatcher;
  #list: Runs | undefined;

  constructor() {
    super();
    this.#watcher = this.register(
      new RunWatcher((list) => {
        this.#list = list;
        this.#changed.fire(list);
      }),
    );
  }

  /** Fires with the whole list whenever a run appears, changes or goes. */
  get onDidChange(): vscode.Event<Runs> {
    return this.#changed.event;
  }

  /** undefined until they were looked at for the first time. */
  get list(): Runs | undefined {
    return this.#list;
  }

  get runs(): readonly RunSummary[] {
    return this.#list?.runs ?? [];
  }

  find(folder: string): RunSummary | undefined {
    return this.runs.find((run) => run.folder === folder);
  }

  refresh(): Promise<void> {
    return this.#watcher.refresh();
  }
}
