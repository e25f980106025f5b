// Waiting for what will be true: tests poll a condition and never sleep for a guessed time.
import { setTimeout as wait } from 'node:timers/promises';

export const TIMEOUT = 30_000;
const INTERVAL = 100;

/** Repeats `attempt` until it no longer throws and gives back its value; at the time limit its last error is thrown. */
export async function eventually<T>(attempt: () => T | Promise<T>, timeout = TIMEOUT): Promise<T> {
  const limit = Date.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > limit) throw error;
      await wait(INTERVAL);
    }
  }
}

/** Repeats `condition` until it holds; `what` says in the error which wish was not met. */
export function until(condition: () => boolean | Promise<boolean>, what: string, timeout = TIMEOUT): Promise<void> {
  return eventually(async () => {
    if (!(await condition())) throw new Error(`waited ${timeout / 1000} s for: ${what}`);
  }, timeout);
}
