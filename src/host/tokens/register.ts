// Tokens in ordinary editors: how many are selected, and where each begins.
import type * as vscode from 'vscode';
import { Lifetime } from '../lifetime.ts';
import type { Services } from '../services.ts';
import { TokenBoundaries } from './token-boundaries.ts';
import { TokenCount } from './token-count.ts';

export function registerTokens(services: Services): vscode.Disposable {
  const tokens = new Lifetime();
  tokens.register(new TokenCount(services));
  tokens.register(new TokenBoundaries(services));
  return tokens;
}
