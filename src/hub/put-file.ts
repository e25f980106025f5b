// PUT of a file to storage, read as fast as the network takes it: fetch of Node 20 would read all of it into memory.
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ClozeError, systemCode } from '../base/errors.ts';

export interface PutOptions {
  readonly headers: HeadersInit | undefined;
  readonly signal: AbortSignal | null;
  /** Milliseconds in which nothing at all goes through before the connection counts as lost; 5 minutes, as fetch has. */
  readonly idle?: number | undefined;
  /** Bytes handed to the network so far. */
  onSent(bytes: number): void;
}

const IDLE = 300_000;

/** Milliseconds to wait for leave to send the content; a server that never gives it wants it anyway (as curl does). */
const CONTINUE_WAIT = 1000;

/**
 * Rejects like fetch: with a TypeError whose cause is the network's error, or with the signal's reason. A ClozeError
 * when the file cannot be read or changes on the way.
 */
export async function putFile(url: string, file: Blob, options: PutOptions): Promise<Response> {
  const answer = await put(url, file, options, true);
  return answer.status === 417 ? put(url, file, options, false) : answer;
}

/** `asks`: whether the content waits for the server's leave, so that a refusal comes before it, not into it. */
async function put(url: string, file: Blob, options: PutOptions, asks: boolean): Promise<Response> {
  const { headers, signal } = options;
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method: 'PUT',
    headers: {
      ...Object.fromEntries(new Headers(headers)),
      // the size beforehand, as storage servers demand
      'Content-Length': file.size,
      ...(asks ? { Expect: '100-continue' } : {}),
    },
    timeout: options.idle ?? IDLE,
    ...(signal ? { signal } : {}),
  });
  request.once('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  const answer = answerTo(request);
  const sending = (async () => {
    if (!asks || (await maySend(request, answer))) await pipeline(contentOf(file, options), request);
    return answer;
  })();
  try {
    // an answer may come before all is sent, such as a refusal
    return await Promise.race([answer, sending]);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof ClozeError) throw error;
    throw new TypeError('fetch failed', { cause: error });
  } finally {
    sending.catch(() => undefined);
    if (!request.writableFinished) request.destroy();
  }
}

async function answerTo(request: ClientRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      const fields = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
      buffer(response).then((body) => {
        const isEmpty = status === 204 || status === 205 || status === 304;
        resolve(new Response(isEmpty ? null : body, { status, headers: fields }));
      }, reject);
    });
  });
}

/** false when the answer is there before the content was asked for. */
async function maySend(request: ClientRequest, answer: Promise<Response>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const leave = new Promise<true>((resolve) => {
    const go = () => resolve(true);
    request.once('continue', go);
    // counted from when there is a connection
    request.once('socket', (socket) => {
      const start = () => {
        timer = setTimeout(go, CONTINUE_WAIT);
      };
      if (socket.connecting) socket.once('connect', start);
      else start();
    });
  });
  request.flushHeaders();
  try {
    return await Promise.race([leave, answer.then(() => false)]);
  } finally {
    clearTimeout(timer);
  }
}

/** The content piece by piece. What goes wrong with the file is none of the network's business: no try again helps. */
async function* contentOf(file: Blob, { onSent }: PutOptions): AsyncGenerator<Uint8Array> {
  let sent = 0;
  const pieces = file.stream()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await pieces.next().catch((error) => {
        throw unreadable(systemCode(error) ?? String(error));
      });
      if (done) break;
      sent += value.byteLength;
      onSent(sent);
      yield value;
    }
  } finally {
    await pieces.return?.();
  }
  // the server would wait for the rest for ever
  if (sent !== file.size) throw unreadable('it became shorter');
}

function unreadable(why: string): ClozeError {
  return new ClozeError('bad-input', `A file changed while it was uploaded (${why}).`, 'Share again when it is whole.');
}
