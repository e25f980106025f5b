// train.log: what a person reads when a run has gone wrong. Native libraries print there as well.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRAIN_LOG_FILE } from '../runs/files.ts';

export class TrainLog {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, TRAIN_LOG_FILE);
  }

  write(text: string): void {
    try {
      appendFileSync(this.#path, `${new Date().toISOString()} ${text}\n`);
    } catch {
      // a full disk: the run itself says so
    }
  }
}
