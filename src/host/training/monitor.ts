// The Training Monitor: a tree of runs that changes only where a run did.
import * as vscode from 'vscode';
import { isLive } from '../../protocol/run-text.ts';
import type { RunSummary } from '../../protocol/runs.ts';
import { lastLogLines } from '../../runs/read-run.ts';
import type { BrokenRun, RunList as Runs } from '../../runs/watch.ts';
import { Lifetime } from '../lifetime.ts';
import type { RunActions } from './run-actions.ts';
import { brokenItem, factItem, logFact, type RunFact, runFacts, runItem, runTooltip } from './run-item.ts';
import type { RunList } from './run-list.ts';

export const MONITOR_VIEW = 'cloze.trainingMonitor';

/** How much of a failed run's log is shown. */
const LOG_LINES = 6;

/** A row for a run. The same object as long as the run is listed, so that the tree keeps its place. */
export class RunNode {
  readonly kind = 'run';
  summary: RunSummary;
  constructor(summary: RunSummary) {
    this.summary = summary;
  }
}

interface FactNode {
  readonly kind: 'fact';
  readonly run: RunNode;
  readonly fact: RunFact;
}

export interface BrokenNode {
  readonly kind: 'broken';
  readonly run: BrokenRun;
}

type Node = RunNode | FactNode | BrokenNode;

export class Monitor extends Lifetime implements vscode.TreeDataProvider<Node> {
  readonly #runs: RunList;
  readonly #actions: RunActions;
  readonly #changed = this.register(new vscode.EventEmitter<Node | undefined>());
  readonly #view: vscode.TreeView<Node>;
  readonly #nodes = new Map<string, RunNode>();
  #shown: Runs | undefined;

  constructor(runs: RunList, actions: RunActions) {
    super();
    this.#runs = runs;
    this.#actions = actions;
    this.#view = this.register(
      vscode.window.createTreeView<Node>(MONITOR_VIEW, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.register(runs.onDidChange((list) => this.#show(list)));
    this.register(
      actions.onDidAsk((folder) => {
        const node = [...this.#nodes.values()].find(({ summary }) => summary.folder === folder);
        if (node) this.#changed.fire(node);
      }),
    );
    if (runs.list) this.#show(runs.list);
  }

  get onDidChangeTreeData(): vscode.Event<Node | undefined> {
    return this.#changed.event;
  }

  /** Brings a run into sight. */
  async reveal(folder: string): Promise<void> {
    const node = [...this.#nodes.values()].find(({ summary }) => summary.folder === folder);
    if (node) await this.#view.reveal(node, { select: true, expand: true });
    else await vscode.commands.executeCommand(`${MONITOR_VIEW}.focus`);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.kind === 'run') return this.#facts(node);
    if (node) return [];
    if (!this.#shown) await this.#runs.refresh();
    const list = this.#shown;
    if (!list) return [];
    return [
      ...list.runs.flatMap(({ run }) => this.#nodes.get(run.id) ?? []),
      ...list.broken.map((run) => ({ kind: 'broken', run }) as const),
    ];
  }

  /** With the end of its log where that tells what happened. */
  async #facts(run: RunNode): Promise<Node[]> {
    const { state, folder } = run.summary;
    const lines = state === 'crashed' || state === 'failed' ? await lastLogLines(folder, LOG_LINES) : [];
    const log = lines.map((line, i) => logFact(line, i));
    return [...runFacts(run.summary), ...log].map((fact) => ({ kind: 'fact', run, fact }));
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'fact' ? node.run : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'broken') return brokenItem(node.run);
    if (node.kind === 'fact') return factItem(node.run.summary.run.id, node.fact, node.run);
    return runItem(node.summary, this.#actions.pending(node.summary));
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'run') item.tooltip = runTooltip(node.summary);
    return item;
  }

  /** The whole tree only when runs came or went; else the rows of those that changed. */
  #show(list: Runs): void {
    const before = this.#shown;
    this.#shown = list;
    const changed: RunNode[] = [];
    for (const summary of list.runs) {
      const node = this.#nodes.get(summary.run.id);
      if (!node) this.#nodes.set(summary.run.id, new RunNode(summary));
      else if (JSON.stringify(node.summary) !== JSON.stringify(summary)) {
        node.summary = summary;
        changed.push(node);
      }
    }
    const listed = new Set(list.runs.map(({ run }) => run.id));
    for (const id of this.#nodes.keys()) if (!listed.has(id)) this.#nodes.delete(id);
    this.#showBadge(list);
    if (!before || order(before) !== order(list)) this.#changed.fire(undefined);
    else for (const node of changed) this.#changed.fire(node);
  }

  #showBadge({ runs }: Runs): void {
    const live = runs.filter(({ state }) => isLive(state)).length;
    const tooltip = live === 1 ? '1 training run' : `${live} training runs`;
    this.#view.badge = live > 0 ? { value: live, tooltip } : undefined;
  }
}

function order({ runs, broken }: Runs): string {
  return JSON.stringify([runs.map(({ run }) => run.id), broken]);
}
