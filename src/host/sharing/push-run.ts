// Cloze: Push to Hub. Asks where to, shows what is uploaded, and uploads it in the engine process.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SharedFile } from '../../protocol/engine.ts';
import { sizeText } from '../../protocol/file-size.ts';
import { repoIdProblem } from '../../protocol/repo-id.ts';
import { isCancelledError, toWireError } from '../../protocol/rpc.ts';
import { logError } from '../log.ts';
import type { Services } from '../services.ts';
import { askForToken, storedToken } from './token.ts';

interface Answers {
  readonly repo: string;
  readonly isPrivate: boolean;
  readonly paths: readonly string[];
}

const RETRY = 'Retry';
const SET_TOKEN = 'Set Token';
const SHOW_LOG = 'Show Log';
const OPEN = 'Open on the Hub';

/** Shares the model in `folder`; every question can be left with Escape. */
export async function pushRun(services: Services, folder: string): Promise<void> {
  const files = await services.engine.call('hub.files', { folder });
  const suggested = await suggestRepo(services, folder);
  if (suggested === undefined) return;
  const answers = await ask(suggested, files);
  if (answers) await upload(services, folder, answers);
}

/** `user/folder`, after a token was asked for where there is none; undefined when it was left. */
async function suggestRepo(services: Services, folder: string): Promise<string | undefined> {
  for (;;) {
    try {
      const token = await storedToken(services.context);
      const asking = { location: vscode.ProgressLocation.Window, title: 'Cloze: asking the Hugging Face Hub…' };
      return await vscode.window.withProgress(asking, () => services.engine.call('hub.suggest', { folder, token }));
    } catch (error) {
      const { code, message } = toWireError(error);
      if (code === 'no-access') {
        if (!(await askForToken(services.context, message))) return undefined;
      } else if (!(await offerRetry(services, error))) return undefined;
    }
  }
}

async function ask(suggested: string, files: readonly SharedFile[]): Promise<Answers | undefined> {
  const repo = await vscode.window.showInputBox({
    title: 'Push to Hub (1/3)',
    prompt: 'Repository on the Hugging Face Hub; it is made if it is not there.',
    value: suggested,
    valueSelection: [suggested.indexOf('/') + 1, suggested.length],
    ignoreFocusOut: true,
    validateInput: (id) => repoIdProblem(id.trim()),
  });
  if (repo === undefined) return undefined;
  const visibility = await vscode.window.showQuickPick(
    [
      { label: 'Private', description: 'only you and those you choose see it', isPrivate: true },
      { label: 'Public', description: 'everybody sees it', isPrivate: false },
    ],
    {
      title: 'Push to Hub (2/3)',
      placeHolder: 'Who sees a new repository? One that is there stays as it is.',
      ignoreFocusOut: true,
    },
  );
  if (!visibility) return undefined;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const chosen = await vscode.window.showQuickPick(
    files.map(({ path, size }) => ({ label: path, description: sizeText(size), picked: true })),
    {
      title: `Push to Hub (3/3): ${files.length} files, ${sizeText(total)}, to ${repo.trim()}`,
      placeHolder: 'Enter uploads the files that are ticked',
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (!chosen || chosen.length === 0) return undefined;
  return { repo: repo.trim(), isPrivate: visibility.isPrivate, paths: chosen.map(({ label }) => label) };
}

async function upload(services: Services, folder: string, answers: Answers): Promise<void> {
  for (;;) {
    try {
      const { url } = await uploadOnce(services, folder, answers);
      // the message may stay for hours: nobody waits for it
      void vscode.window
        .showInformationMessage(`${basename(folder)} is shared as ${answers.repo}.`, OPEN)
        .then((choice) => {
          if (choice === OPEN) return vscode.env.openExternal(vscode.Uri.parse(url));
        });
      return;
    } catch (error) {
      if (isCancelledError(error)) {
        vscode.window.setStatusBarMessage('Cloze: the upload was cancelled; nothing was shared.', 6000);
        return;
      }
      if (!(await offerRetry(services, error))) return;
    }
  }
}

function uploadOnce(services: Services, folder: string, answers: Answers): Thenable<{ url: string }> {
  const { Notification } = vscode.ProgressLocation;
  const options = { location: Notification, title: `Pushing to ${answers.repo}`, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    const controller = new AbortController();
    cancelled.onCancellationRequested(() => controller.abort());
    const token = await storedToken(services.context);
    let shown = 0;
    return services.engine.call(
      'hub.push',
      { folder, ...answers, token },
      {
        signal: controller.signal,
        onProgress({ phase, done, total, waiting }) {
          const share = total > 0 ? (100 * done) / total : 0;
          const uploading = phase === 'uploading' ? `${sizeText(done)} of ${sizeText(total)}` : `${phase}…`;
          progress.report({ message: waiting ?? uploading, increment: Math.max(0, share - shown) });
          shown = Math.max(shown, share);
        },
      },
    );
  });
}

/** Says what failed; whether it shall be tried again. */
async function offerRetry({ context, log }: Services, error: unknown): Promise<boolean> {
  logError(log, 'Push to Hub', error);
  const { code, message, wayOut } = toWireError(error);
  const buttons = [RETRY, ...(code === 'no-access' ? [SET_TOKEN] : []), SHOW_LOG];
  const choice = await vscode.window.showErrorMessage(wayOut ? `${message} ${wayOut}` : message, ...buttons);
  if (choice === SHOW_LOG) log.show();
  if (choice === SET_TOKEN) return (await askForToken(context)) !== undefined;
  return choice === RETRY;
}
