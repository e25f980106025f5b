// Uploading one file to servers that are rude, slow, old or silent.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { ClozeError } from '../../src/base/errors.ts';
import { type PutOptions, putFile } from '../../src/hub/put-file.ts';

/** Bytes; more than a connection's buffers hold. */
const SIZE = 400_000_000;

const SILENT: PutOptions = { headers: {}, signal: null, onSent: () => undefined };

let folder: string;
let path: string;
let server: Server | undefined;
const sockets = new Set<Socket>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-put-'));
  path = join(folder, 'model.safetensors');
  // holes take no room on the disk
  const file = await open(path, 'w');
  await file.truncate(SIZE);
  await file.close();
});
after(() => rm(folder, { recursive: true, force: true }));
afterEach(stop);

function stop(): void {
  server?.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

async function listen(wanted: Server): Promise<string> {
  server = wanted.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => wanted.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(wanted.address() as AddressInfo).port}/object`;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => assert.fail('It did not fail.'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Error);
  return error;
}

/** A server that is told of each connection and the head of its request. */
function rawServer(onHead: (socket: Socket, head: string) => void): Promise<string> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => onHead(socket, String(data)));
    }),
  );
}

describe('PUT of a file', () => {
  it('arrives whole without ever being in memory, whoever is slower', async () => {
    let sent = 0;
    let peak = 0;
    let sentWhilePaused = 0;
    const inMemory = () => process.memoryUsage().arrayBuffers;
    const hash = createHash('sha256');
    let received = 0;
    const url = await listen(
      createHttpServer((request, response) => {
        request.pause();
        setTimeout(() => {
          sentWhilePaused = sent;
          request.on('data', (piece: Buffer) => {
            received += piece.length;
            hash.update(piece.subarray(0, 1));
          });
          request.on('end', () => response.writeHead(200, { ETag: '"1"' }).end());
          request.resume();
        }, 500);
      }),
    );
    const start = inMemory();
    const onSent = (bytes: number) => {
      sent = bytes;
      peak = Math.max(peak, inMemory() - start);
    };
    const answer = await putFile(url, await openAsBlob(path), { ...SILENT, onSent });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('ETag'), '"1"');
    assert.equal(received, SIZE);
    assert.equal(sent, SIZE);
    assert.ok(sentWhilePaused < SIZE / 4, `${sentWhilePaused} bytes were read for a server that takes none`);
    assert.ok(peak < SIZE / 4, `${peak} bytes in memory`);
  });

  it('that is refused and cut off tells the refusal, and sends nothing of the file', async () => {
    let more = 0;
    const url = await rawServer((socket, head) => {
      assert.match(head, /^PUT .*^content-length: 400000000\r$/ims);
      socket.on('data', (data) => {
        more += data.length;
      });
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () =>
        socket.destroy(),
      );
    });
    for (let i = 0; i < 5; i++) {
      const answer = await putFile(url, await openAsBlob(path), SILENT);
      assert.equal(answer.status, 403);
      assert.equal(await answer.text(), 'no');
    }
    assert.equal(more, 0);
  });

  it('to a server that never gives leave to send goes on, and one that refuses to give it is not asked', async () => {
    const small = new Blob(['weights']);
    let seen = '';
    const silent = await rawServer((socket) => {
      socket.once('data', (data) => {
        seen = String(data);
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    assert.equal((await putFile(silent, small, SILENT)).status, 200);
    assert.equal(seen, 'weights');
    stop();
    const refusing = await listen(
      createHttpServer((request, response) => {
        request.resume().on('end', () => response.writeHead(200).end());
      }).on('checkContinue', (_request, response) => response.writeHead(417).end()),
    );
    assert.equal((await putFile(refusing, small, SILENT)).status, 200);
  });

  it('to a server that falls silent is given up as a lost connection', async () => {
    const url = await rawServer((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    const error = await failure(putFile(url, new Blob(['weights']), { ...SILENT, idle: 200 }));
    assert.ok(error instanceof TypeError);
    assert.equal((error.cause as { code?: string }).code, 'ETIMEDOUT');
  });

  it('that is gone or shorter is an error of the file, not of the network', async () => {
    const url = await listen(createHttpServer((request) => request.resume()));
    const promised = new Blob(['weights']);
    Object.defineProperty(promised, 'size', { value: 1000 });
    const shorter = await failure(putFile(url, promised, SILENT));
    assert.ok(shorter instanceof ClozeError, String(shorter));
    assert.match(shorter.message, /changed while it was uploaded \(it became shorter\)/);
    const lost = join(folder, 'lost');
    await writeFile(lost, 'weights');
    const gone = await openAsBlob(lost);
    await rm(lost);
    assert.ok((await failure(putFile(url, gone, SILENT))) instanceof ClozeError);
  });
});
