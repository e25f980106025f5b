// The Hugging Face token in VS Code's secret storage: it goes to our own processes only, never to a log or a setting.
import * as vscode from 'vscode';
import { toWireError } from '../../protocol/rpc.ts';
import type { Services } from '../services.ts';

const SECRET = 'cloze.huggingFaceToken';
const TOKEN_PAGE = 'https://huggingface.co/settings/tokens';

export async function storedToken({ secrets }: vscode.ExtensionContext): Promise<string | undefined> {
  return secrets.get(SECRET);
}

/** Why there is no token to share with, null when there is one: stored here, in the environment, or of hf auth login. */
export async function tokenProblem({ engine }: Services, stored: string | undefined): Promise<string | null> {
  try {
    await engine.call('hub.hasToken', { token: stored });
    return null;
  } catch (error) {
    const { message, wayOut } = toWireError(error);
    return [message, wayOut].filter(Boolean).join(' ');
  }
}

/** Asks for a token and stores it; undefined when nobody gave one. `why`: what is wrong with the one there was. */
export async function askForToken({ secrets }: vscode.ExtensionContext, why?: string): Promise<string | undefined> {
  const page = { iconPath: new vscode.ThemeIcon('link-external'), tooltip: 'Open your tokens on huggingface.co' };
  const input = vscode.window.createInputBox();
  input.title = 'Hugging Face Token';
  input.prompt = `${why ? `${why} ` : ''}Paste a token with write access from huggingface.co/settings/tokens. It is kept in VS Code's secret storage.`;
  input.placeholder = 'hf_…';
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = [page];
  try {
    const token = await new Promise<string | undefined>((resolve) => {
      input.onDidTriggerButton(() => void vscode.env.openExternal(vscode.Uri.parse(TOKEN_PAGE)));
      input.onDidChangeValue(() => {
        input.validationMessage = undefined;
      });
      input.onDidAccept(() => {
        const given = input.value.trim();
        if (/^hf_\S+$/.test(given)) resolve(given);
        else input.validationMessage = 'A token begins with "hf_".';
      });
      input.onDidHide(() => resolve(undefined));
      input.show();
    });
    if (token) await secrets.store(SECRET, token);
    return token;
  } finally {
    input.dispose();
  }
}

export async function clearToken({ secrets }: vscode.ExtensionContext): Promise<void> {
  await secrets.delete(SECRET);
}
