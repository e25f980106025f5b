// What activate() builds once and hands to every half of the extension.
import type * as vscode from 'vscode';
import type { EngineClient } from './engine-client.ts';
import type { Log } from './log.ts';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: Log;
  readonly engine: EngineClient;
}
