// Who owns what: a class that ends together with everything it registered.

/** Anything that can be ended; vscode.Disposable is one. */
export interface Ending {
  dispose(): unknown;
}

/** Owns what it registers and ends it, last registered first, when it is disposed of. */
export class Lifetime implements Ending {
  #owned: Ending[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Hands `thing` over; registering with something that has ended ends `thing` at once. */
  register<T extends Ending>(thing: T): T {
    if (this.#disposed) thing.dispose();
    else this.#owned.push(thing);
    return thing;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const thing of this.#owned.reverse()) thing.dispose();
    this.#owned = [];
  }
}

/** Something to register that runs `end` once. */
export function onEnd(end: () => void): Ending {
  let ended = false;
  return {
    dispose() {
      if (ended) return;
      ended = true;
      end();
    },
  };
}
