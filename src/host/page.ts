// What every webview panel of Cloze shares: a locked-down document, a typed port, coming back after a reload.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type Contract,
  type Events,
  type Handlers,
  isCancelledError,
  type Port,
  type Server,
  serve,
} from '../protocol/rpc.ts';
import { Lifetime } from './lifetime.ts';
import { type Log, logError } from './log.ts';

/** The bundles of esbuild.mjs, dist/webview/<name>.js and .css. */
export type PageName = 'masking' | 'training' | 'chart' | 'dataset' | 'model';

/**
 * A page in a panel. The page asks by `C` and is told by `E`. It holds no truth: whenever it becomes visible again it is
 * loaded anew (contexts are not retained) and asks for its state; events that it cannot hear are lost without harm.
 */
export class Page<C extends Contract, E extends Events> extends Lifetime {
  readonly panel: vscode.WebviewPanel;
  readonly #server: Server<E>;

  /** Takes over `panel` (new, or revived by a serializer) and ends with it. */
  constructor(
    panel: vscode.WebviewPanel,
    page: { readonly name: PageName; readonly title: string },
    extensionUri: vscode.Uri,
    handlers: Handlers<C>,
    log: Log,
  ) {
    super();
    this.panel = panel;
    const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#server = serve<C, E>(webviewPort(panel.webview), handlers, (method, error) => {
      if (!isCancelledError(error)) logError(log, `${page.name} page, ${method}`, error);
    });
    this.register({ dispose: () => this.#server.close() });
    panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
    panel.webview.html = pageHtml(panel.webview, root, page);
    this.register(panel.onDidDispose(() => this.dispose()));
    this.register(panel);
  }

  emit<K extends keyof E & string>(event: K, payload: E[K]): void {
    if (!this.disposed) this.#server.emit(event, payload);
  }
}

/** Brings panels of `viewType` back after a window reload; `state` is what the page saved last. */
export function registerSerializer(
  viewType: string,
  log: Log,
  revive: (panel: vscode.WebviewPanel, state: unknown) => void,
): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(viewType, {
    async deserializeWebviewPanel(panel, state) {
      try {
        revive(panel, state);
      } catch (error) {
        logError(log, `bringing back ${viewType}`, error);
        panel.dispose();
      }
    },
  });
}

/** The icon of the tabs of panels that show no file. */
export function clozeIcon(extensionUri: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (name: string) => vscode.Uri.joinPath(extensionUri, 'media', name);
  return { light: file('cloze-light.svg'), dark: file('cloze-dark.svg') };
}

function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen(receive) {
      const listening = webview.onDidReceiveMessage(receive);
      return () => listening.dispose();
    },
  };
}

/** Only our own script (by nonce), our own style sheet and font; no network, no inline code, no forms, no frames. */
function pageHtml(webview: vscode.Webview, root: vscode.Uri, page: { name: PageName; title: string }): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${file(`${page.name}.css`)}">
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${file(`${page.name}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
