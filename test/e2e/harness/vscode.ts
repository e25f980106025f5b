// A real VS Code in a real browser with the packaged extension installed: started, driven and cleaned up.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { findChromium } from '../install.mjs';
import { eventually, TIMEOUT } from './eventually.ts';
import { collectLogs } from './logs.ts';
import { installedExtension } from './package.ts';
import { Editor } from './pages/editor.ts';
import { Explorer } from './pages/explorer.ts';
import { Notifications } from './pages/notifications.ts';
import { OutputPanel } from './pages/output-panel.ts';
import { Palette } from './pages/palette.ts';
import { SideBar } from './pages/side-bar.ts';
import { type Server, startServer } from './server.ts';

export const EXTENSION_ID = 'cloze.cloze';

export type Theme = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

export interface VSCodeOptions {
  /** Files of the workspace, by relative path; it lies in a temporary folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** An existing folder to open instead. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: Theme;
  /** False: workspace trust is on and this folder is not trusted. Default: true. */
  readonly trust?: boolean;
  /** For the server and all it starts. CLOZE_HOME and HF_HOME are temporary folders unless named here. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startVSCode(options: VSCodeOptions = {}): Promise<VSCode> {
  const home = await mkdtemp(path.join(tmpdir(), 'cloze-e2e-'));
  // Also when the test runner's time limit ends this process.
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const folder = options.folder ?? path.join(home, 'workspace');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const settings = { ...QUIET, ...themeSettings(options.theme ?? 'dark'), ...options.settings };
  let server: Server | undefined;
  let browser: Browser | undefined;
  try {
    const trust = options.trust ?? true;
    const extensions = await installedExtension();
    server = await startServer({
      home,
      extensions,
      settings: { ...settings, ...TRUST[`${trust}`] },
      env: options.env,
      trust,
    });
    browser = await chromium.launch({ executablePath: findChromium(), args: BROWSER_FLAGS });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    context.setDefaultTimeout(TIMEOUT);
    const code = new VSCode(home, folder, server, browser, context, await context.newPage());
    await code.open();
    return code;
  } catch (error) {
    await browser?.close();
    await server?.stop();
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

export class VSCode {
  readonly palette: Palette;
  readonly explorer: Explorer;
  readonly editor: Editor;
  readonly sideBar: SideBar;
  readonly notifications: Notifications;
  readonly output: OutputPanel;
  /** Addresses asked for that are not this server's nor VS Code's own webview resources: stays empty. */
  readonly requestsOutside: string[] = [];
  readonly consoleErrors: string[] = [];

  constructor(
    /** Temporary folder that holds user data, CLOZE_HOME (cloze/) and HF_HOME (huggingface/). */
    readonly home: string,
    /** The workspace. */
    readonly folder: string,
    private readonly server: Server,
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.palette = new Palette(page);
    this.explorer = new Explorer(page);
    this.editor = new Editor(page, this.palette);
    this.sideBar = new SideBar(page);
    this.notifications = new Notifications(page);
    this.output = new OutputPanel(page, this.palette);
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      const own = hostname === '127.0.0.1' || hostname.endsWith('.vscode-cdn.net') || !protocol.startsWith('http');
      if (!own) this.requestsOutside.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') this.consoleErrors.push(message.text());
    });
  }

  /** Opens the workspace in the page and waits for the workbench. */
  async open(): Promise<void> {
    await this.page.goto(`${this.server.url}/?folder=${encodeURIComponent(this.folder)}`);
    await this.ready();
  }

  /** Reloads the window, as Developer: Reload Window does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Developer: Reload Window: unlike `reload`, VS Code keeps what it remembers of the workspace first. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.palette.run('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Leaves the page, as closing the window does; `open()` comes back. */
  async close(): Promise<void> {
    await this.page.goto('about:blank');
  }

  /**
   * The inside of the extension's n-th visible webview, in the order of the page.
   * `code.webview().getByRole('table')` and so on.
   */
  webview(n = 0): FrameLocator {
    return this.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=${EXTENSION_ID}&"]:visible >> nth=${n}`)
      .frameLocator('iframe#active-frame');
  }

  /** Changes the user's settings (`undefined` removes one) and reloads the window: it reads them when it starts. */
  async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const settings = JSON.parse(await readFile(this.server.settingsFile, 'utf8'));
    await writeFile(this.server.settingsFile, JSON.stringify({ ...settings, ...changes }, null, 2));
    await this.reload();
  }

  /** Changes the theme as users do, while the window and its pages stay open. */
  async useTheme(theme: Theme): Promise<void> {
    await this.palette.run('Preferences: Color Theme');
    await this.palette.enter(THEMES[theme].label);
    await this.page.locator(`.monaco-workbench.${THEMES[theme].className}`).waitFor();
  }

  readClipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** A picture of the whole window in test/e2e/screenshots (or $CLOZE_E2E_SCREENSHOTS); resolves to its path. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(process.env.CLOZE_E2E_SCREENSHOTS ?? SCREENSHOTS, `${name.replace(/[^\w.-]+/g, '-')}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  /** The extension's log, the extension host's, the server's and the page's errors, as one text. */
  logs(): Promise<string> {
    return collectLogs(this.server, this.consoleErrors);
  }

  /** Ends the browser, the server and every training run started from it; removes the temporary folders. */
  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.monaco-workbench .part.activitybar').getByRole('tab').first().waitFor();
    // A window in restricted mode may open with a banner or a dialog; tests about trust deal with it.
    await eventually(() => this.page.locator('.monaco-workbench .part.editor').waitFor());
  }
}

const SCREENSHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../screenshots');

const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'files.simpleDialog.enable': true,
  'extensions.autoCheckUpdates': false,
  'window.commandCenter': false,
  'workbench.reduceMotion': 'on',
  // A page takes the focus when it has loaded: that must not close the palette under the test's hands.
  'workbench.quickOpen.closeOnFocusLost': false,
};

const TRUST = {
  true: { 'security.workspace.trust.enabled': false },
  false: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
  },
};

const THEMES: Readonly<Record<Theme, { readonly id: string; readonly label: string; readonly className: string }>> = {
  dark: { id: 'Dark 2026', label: 'Dark 2026', className: 'vs-dark' },
  light: { id: 'Light 2026', label: 'Light 2026', className: 'vs' },
  'high-contrast': { id: 'Default High Contrast', label: 'Dark High Contrast', className: 'hc-black' },
  'high-contrast-light': { id: 'Default High Contrast Light', label: 'Light High Contrast', className: 'hc-light' },
};

const themeSettings = (theme: Theme) => ({
  'workbench.colorTheme': THEMES[theme].id,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
});

const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
