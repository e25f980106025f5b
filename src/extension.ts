// activate(): builds the parts of Cloze and hands them to each other.
import type * as vscode from 'vscode';
import { registerDataset } from './host/dataset/register.ts';
import { EngineClient } from './host/engine-client.ts';
import { createLog, logError, showError } from './host/log.ts';
import { registerMasking } from './host/masking/register.ts';
import { registerModel } from './host/model/register.ts';
import type { Services } from './host/services.ts';
import { offerInTerminals } from './host/terminals.ts';
import { registerTokens } from './host/tokens/register.ts';
import { registerTraining } from './host/training/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  context.subscriptions.push(log);
  try {
    const engine = new EngineClient(context.asAbsolutePath('dist/engine.mjs'), log);
    const services: Services = { context, log, engine };
    context.subscriptions.push(engine);
    context.subscriptions.push(registerMasking(services));
    context.subscriptions.push(registerTraining(services));
    context.subscriptions.push(registerTokens(services));
    context.subscriptions.push(registerDataset(services));
    context.subscriptions.push(registerModel(services));
    offerInTerminals(context);
  } catch (error) {
    logError(log, 'Cloze could not start', error);
    void showError(log, error);
    throw error;
  }
}
