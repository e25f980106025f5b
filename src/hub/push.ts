// Uploads a model to the Hugging Face Hub in one commit: whole or not at all.
import { pathToFileURL } from 'node:url';
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { repoIdProblem, repoNameFrom } from '../protocol/repo-id.ts';
import { hubEndpoint } from './endpoint.ts';
import { explainHubError } from './hub-errors.ts';
import { type PushFile, totalSize } from './push-files.ts';
import { retryingFetch } from './retrying-fetch.ts';

export interface PushRequest {
  /** "user/name". */
  readonly repo: string;
  /** null: the account's default. Says nothing to a repository that exists. */
  readonly isPrivate: boolean | null;
  readonly files: readonly PushFile[];
  /** Title of the commit. */
  readonly message: string;
  readonly token: string;
}

export interface PushProgress {
  readonly phase: 'preparing' | 'uploading' | 'committing';
  /** Bytes. */
  readonly done: number;
  readonly total: number;
  /** Why it waits, when it does. */
  readonly waiting: string | null;
}

export interface HubOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the first try again after a failure that may pass. */
  readonly firstWait?: number | undefined;
}

export interface PushOptions extends HubOptions {
  readonly onProgress?: ((progress: PushProgress) => void) | undefined;
}

export interface Pushed {
  /** The repository's page. */
  readonly url: string;
  /** Id of the commit. */
  readonly commit: string;
}

const RETRIES = 4;
const FIRST_WAIT = 1000;

/** The name of the token's owner. Throws ClozeError 'no-access' or 'network'. */
export async function userName(token: string, options: HubOptions = {}): Promise<string> {
  return onHub('', token, options, async () => {
    const { whoAmI } = await import('@huggingface/hub');
    const user = await whoAmI({ hubUrl: hubEndpoint(), accessToken: token, fetch: fetchWith(options) });
    return user.name;
  });
}

/** `wanted`, with the user's name before it where it has none; made of the folder's name where it is null. */
export async function repoFor(wanted: string | null, folderName: string, token: string, options: HubOptions = {}) {
  const name = wanted ?? repoNameFrom(folderName);
  return name.includes('/') ? name : `${await userName(token, options)}/${name}`;
}

/** Makes the repository unless it is there, and commits the files. Throws ClozeError; no error holds the token. */
export async function push(request: PushRequest, options: PushOptions = {}): Promise<Pushed> {
  const { repo, token, files, message, isPrivate } = request;
  const problem = repoIdProblem(repo);
  if (problem) throw new ClozeError('bad-argument', problem);
  throwIfCancelled(options.signal);
  const progress = new Meter(files, options.onProgress);
  return onHub(repo, token, options, async () => {
    const { commitIter, createRepo, repoExists, HubApiError } = await import('@huggingface/hub');
    const fetch = fetchWith(options, progress);
    const target = { hubUrl: hubEndpoint(), accessToken: token, repo: { type: 'model', name: repo }, fetch } as const;
    progress.tell('preparing');
    try {
      const visibility =
        isPrivate === null ? {} : { visibility: isPrivate ? ('private' as const) : ('public' as const) };
      await createRepo({ ...target, ...visibility });
    } catch (error) {
      // there already; or a token that may write to it and not make others
      const isThere = error instanceof HubApiError && error.statusCode === 409;
      const isRefused = error instanceof HubApiError && error.statusCode === 403;
      if (!isThere && !(isRefused && (await repoExists(target)))) throw error;
    }
    const operations = files.map(({ path, source }) => ({
      operation: 'addOrUpdate' as const,
      path,
      content: typeof source === 'string' ? pathToFileURL(source) : new Blob([source as Uint8Array<ArrayBuffer>]),
    }));
    // plain uploads: every Hub takes them, and the size of each request is known
    const commit = commitIter({ ...target, operations, title: message, abortSignal: options.signal, useXet: false });
    for (;;) {
      const { done, value } = await commit.next();
      if (done) {
        progress.finished(...files.map(({ path }) => path));
        return { url: `${hubEndpoint()}/${repo}`, commit: value?.commit.oid ?? '' };
      }
      if (value.event === 'phase') progress.tell(value.phase === 'committing' ? 'committing' : 'uploading');
      else if (value.state === 'uploading' && value.progress === 1) progress.finished(value.path);
    }
  });
}

async function onHub<T>(repo: string, token: string, { signal }: HubOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await explainHubError(error, repo, token, signal);
  }
}

function fetchWith({ signal, firstWait }: HubOptions, progress?: Meter): typeof fetch {
  return retryingFetch({
    signal,
    firstWait: firstWait ?? FIRST_WAIT,
    retries: RETRIES,
    onRetry: (why, seconds) => progress?.wait(`${why}; next try in ${Math.ceil(seconds)} s`),
    onSent: (file, bytes) => progress?.sent(file, bytes),
  });
}

/** Adds up what is sent of each file. */
class Meter {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #total: number;
  readonly #listener: PushOptions['onProgress'];
  readonly #sent = new Map<string, number>();
  readonly #finished = new Set<string>();
  #phase: PushProgress['phase'] = 'preparing';

  constructor(files: readonly PushFile[], listener: PushOptions['onProgress']) {
    this.#sizes = new Map(files.map(({ path, size }) => [path, size]));
    this.#total = totalSize(files);
    this.#listener = listener;
  }

  tell(phase: PushProgress['phase'], waiting: string | null = null): void {
    this.#phase = phase;
    this.#listener?.({ phase, done: Math.min(this.#total, this.#done()), total: this.#total, waiting });
  }

  wait(why: string): void {
    this.tell(this.#phase, why);
  }

  /** `name`: the file, or a part of it as `file#part`. A try again starts from 0. */
  sent(name: string, bytes: number): void {
    this.#sent.set(name, bytes);
    this.tell(this.#phase);
  }

  finished(...paths: readonly string[]): void {
    for (const path of paths) this.#finished.add(path);
    this.tell(this.#phase);
  }

  #done(): number {
    const underWay = [...this.#sent].filter(([name]) => !this.#finished.has(name.replace(/#\d+$/, '')));
    const whole = [...this.#finished].reduce((sum, path) => sum + (this.#sizes.get(path) ?? 0), 0);
    return whole + underWay.reduce((sum, [, bytes]) => sum + bytes, 0);
  }
}
