// push_to_hub: uploads the model while a run saves and when it has ended, as hub_strategy says. No failure of it
// ends a run. Source: transformers, Trainer._push_from_checkpoint and Trainer.push_to_hub.
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeError, isCancelled } from '../base/errors.ts';
import { type Pushed, push, repoFor } from '../hub/push.ts';
import { checkpointFiles, modelFiles, type PushFile } from '../hub/push-files.ts';
import { requireToken } from '../hub/token.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { TrainerState } from '../train/trainer-state.ts';
import { CARD_FILE, type CardFacts, cardFacts, cardText } from '../train/write-card.ts';

/** Files of a checkpoint that is on its way: the checkpoint itself may be deleted meanwhile. */
export const OUTGOING_FOLDER = 'push.tmp';

export interface SharingOptions {
  readonly args: TrainingArguments;
  readonly folder: string;
  tell(level: 'info' | 'warning', text: string): void;
}

export class Sharing {
  readonly #options: SharingOptions;
  readonly #stopped = new AbortController();
  readonly #token: Promise<string>;
  readonly #card: Promise<CardFacts>;
  #repo: Promise<string> | undefined;
  #underWay: Promise<void> | undefined;

  private constructor(options: SharingOptions) {
    this.#options = options;
    this.#token = requireToken();
    this.#card = cardFacts(options.args);
    for (const promise of [this.#token, this.#card]) promise.catch(() => undefined);
  }

  /** null when the run is not to be shared. */
  static async start(options: SharingOptions): Promise<Sharing | null> {
    if (!options.args.push_to_hub) return null;
    await rm(join(options.folder, OUTGOING_FOLDER), { recursive: true, force: true });
    const sharing = new Sharing(options);
    await sharing.#token.catch((error) => options.tell('warning', `push_to_hub: ${describeError(error)}`));
    return sharing;
  }

  /** Uploads in the background, unless an upload is going on or hub_strategy says not to. */
  async onSaved(checkpoint: string, state: TrainerState): Promise<void> {
    const { args, folder, tell } = this.#options;
    if (args.hub_strategy === 'end' || this.#underWay) return;
    const step = state.global_step;
    try {
      await this.#token;
      const outgoing = join(folder, OUTGOING_FOLDER, basename(checkpoint));
      const files = await this.#outgoingFiles(checkpoint, outgoing, state);
      const title = `Training in progress, ${
        args.save_strategy === 'epoch' ? `epoch ${Math.floor(state.epoch)}` : `step ${step}`
      }`;
      this.#underWay = this.#pushCheckpoint(outgoing, files, title)
        .catch((error) => {
          if (!isCancelled(error))
            tell('warning', `The model of step ${step} was not uploaded. ${describeError(error)}`);
        })
        .finally(() => {
          this.#underWay = undefined;
        });
    } catch (error) {
      tell('warning', `The model of step ${step} was not uploaded. ${describeError(error)}`);
    }
  }

  /** Uploads the finished model; what is still on its way comes first. `signal` gives it up. */
  async finish(signal: AbortSignal): Promise<Pushed> {
    const { folder } = this.#options;
    signal.addEventListener('abort', () => this.#stopped.abort(), { once: true });
    await this.#underWay;
    return this.#push(await modelFiles(folder), 'End of training');
  }

  /** Nothing more is uploaded. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#underWay;
    await rm(join(this.#options.folder, OUTGOING_FOLDER), { recursive: true, force: true }).catch(() => undefined);
  }

  async #pushCheckpoint(outgoing: string, files: readonly PushFile[], title: string): Promise<void> {
    const { args } = this.#options;
    try {
      await this.#push(files, title);
      if (args.hub_strategy === 'every_save') return;
      const place = args.hub_strategy === 'checkpoint' ? 'last-checkpoint' : basename(outgoing);
      await this.#push(await checkpointFiles(outgoing, place), `${title}, checkpoint`);
    } finally {
      await rm(outgoing, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** The model of a checkpoint and its card; all files of the checkpoint are kept in `outgoing` until they are sent. */
  async #outgoingFiles(checkpoint: string, outgoing: string, state: TrainerState): Promise<PushFile[]> {
    await mkdir(outgoing, { recursive: true });
    for (const { path, source } of await checkpointFiles(checkpoint, '.')) {
      // a link takes no space and no time; some file systems have none
      const target = join(outgoing, path);
      await link(String(source), target).catch(() => copyFile(String(source), target));
    }
    const card = Buffer.from(await cardText(this.#options.folder, await this.#card, state.log_history));
    return [...(await modelFiles(outgoing)), { path: CARD_FILE, size: card.length, source: card }];
  }

  async #push(files: readonly PushFile[], message: string): Promise<Pushed> {
    const { args, folder } = this.#options;
    const token = await this.#token;
    const signal = this.#stopped.signal;
    this.#repo ??= repoFor(args.hub_model_id, basename(folder), token, { signal });
    const repo = await this.#repo.catch((error) => {
      this.#repo = undefined;
      throw error;
    });
    return push({ repo, isPrivate: args.hub_private_repo, files, message, token }, { signal });
  }
}
