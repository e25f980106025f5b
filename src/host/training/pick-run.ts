// Asks which run is meant, where a command was called without one.
import * as vscode from 'vscode';
import { lossText, stateText } from '../../protocol/run-text.ts';
import type { RunSummary } from '../../protocol/runs.ts';
import type { RunList } from './run-list.ts';

interface RunPick extends vscode.QuickPickItem {
  readonly run: RunSummary | null;
}

/** The run chosen; undefined when nobody chose, null when `other` was. The only run that fits is not asked for. */
export async function pickRun(
  runs: RunList,
  title: string,
  fits: (run: RunSummary) => boolean = () => true,
  other?: string,
): Promise<RunSummary | null | undefined> {
  if (!runs.list) await runs.refresh();
  const found = runs.runs.filter(fits);
  if (!other && found.length === 0) {
    void vscode.window.showInformationMessage('There is no such run. The Training Monitor lists them all.');
    return undefined;
  }
  const picks: RunPick[] = found.map((run) => ({
    run,
    label: run.run.name,
    description: [stateText(run.state, run.progress), run.loss === null ? '' : `loss ${lossText(run.loss)}`]
      .filter(Boolean)
      .join(' · '),
    detail: run.folder,
  }));
  if (other) picks.push({ run: null, label: other, alwaysShow: true });
  const chosen = await vscode.window.showQuickPick(picks, { title, matchOnDetail: true, placeHolder: title });
  return chosen?.run;
}
