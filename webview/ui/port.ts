// The page's end of its host: a typed client over acquireVsCodeApi(), and the little state that survives a reload.
import { type Client, type Contract, createClient, type Events, type Port } from '../../src/protocol/rpc.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code hands it out once a page. */
const api = acquireVsCodeApi();

const port: Port = {
  post: (message) => api.postMessage(message),
  listen(receive) {
    const listener = (event: MessageEvent) => receive(event.data);
    window.addEventListener('message', listener);
    return () => window.removeEventListener('message', listener);
  },
};

/** The host as this page may ask it (`C`) and hear from it (`E`). */
export function connectHost<C extends Contract, E extends Events>(): Client<C, E> {
  return createClient<C, E>(port);
}

/** What the page saved before it was hidden or reloaded; the host's serializer receives the same. */
export function loadState<S>(): S | undefined {
  return api.getState() as S | undefined;
}

export function saveState<S>(state: S): void {
  api.setState(state);
}
