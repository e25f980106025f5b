// describeVSCode: tests that share one VS Code; a failed one leaves a picture and the logs, and says where.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startVSCode, type VSCode, type VSCodeOptions } from './vscode.ts';

export type Scenario = (name: string, body: (code: VSCode) => Promise<void>) => void;

const TEST_TIMEOUT = 180_000;

/** Starts VS Code once, hands it to each test of `tests` in turn, and ends it whatever happens. */
export function describeVSCode(title: string, options: VSCodeOptions, tests: (test: Scenario) => void): void {
  describe(title, () => {
    let code: VSCode;
    before(async () => {
      code = await startVSCode(options);
    });
    after(() => code?.stop());
    tests((name, body) => {
      it(name, { timeout: TEST_TIMEOUT }, async () => {
        await body(code).catch(async (error: Error) => {
          error.message += `\n${await keepEvidence(code, `${title} ${name}`)}`;
          throw error;
        });
      });
    });
  });
}

async function keepEvidence(code: VSCode, name: string): Promise<string> {
  const picture = await code.screenshot(`failed-${name}`);
  const log = picture.replace(/\.png$/, '.log');
  await mkdir(path.dirname(log), { recursive: true });
  await writeFile(log, await code.logs());
  return `screen: ${picture}\nlogs: ${log}`;
}
