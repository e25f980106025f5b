// PUT of a file to storage, read as fast as the network takes it: fetch of Node 20 would read all of it into memory.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export interface PutOptions {
  readonly headers: HeadersInit | undefined;
  readonly signal: AbortSignal | null;
  /** Bytes handed to the network so far. */
  onSent(bytes: number): void;
}

/** Rejects like fetch: with a TypeError whose cause is the network's error, or with the signal's reason. */
export async function putFile(url: string, file: Blob, { headers, signal, onSent }: PutOptions): Promise<Response> {
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method: 'PUT',
    // the size beforehand, as storage servers demand
    headers: { ...Object.fromEntries(new Headers(headers)), 'Content-Length': file.size },
    ...(signal ? { signal } : {}),
  });
  const answer = new Promise<Response>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const fields = Object.entries(response.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as [string, string]],
      );
      const status = response.statusCode ?? 0;
      buffer(response).then((body) => {
        resolve(new Response(status === 204 || status === 304 ? null : body, { status, headers: fields }));
      }, reject);
    });
  });
  let sent = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sent += chunk.byteLength;
      onSent(sent);
      done(null, chunk);
    },
  });
  // an answer may come before all is sent, such as a refusal
  const sending = pipeline(Readable.fromWeb(file.stream() as ReadableStream), count, request).then(() => answer);
  try {
    return await Promise.race([answer, sending]);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new TypeError('fetch failed', { cause: error });
  } finally {
    sending.catch(() => undefined);
    answer.catch(() => undefined);
    if (!request.writableFinished) request.destroy();
  }
}
