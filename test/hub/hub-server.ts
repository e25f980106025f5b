// A Hub on this machine for tests: it speaks the real protocol, keeps what is committed, and checks sizes and hashes.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

export interface Repo {
  readonly isPrivate: boolean;
  /** What main holds, by path. */
  readonly files: Map<string, Buffer>;
  /** Titles of the commits, the first one first. */
  readonly commits: string[];
}

/** One request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** An answer in place of the real one; null lets the request through. */
export type Interfere = (
  seen: Seen,
) => { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | null;

export class HubServer {
  readonly url: string;
  readonly repos = new Map<string, Repo>();
  readonly seen: Seen[] = [];
  interfere: Interfere = () => null;
  /** Milliseconds that each upload of a large file is held back. */
  slowness = 0;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #objects = new Map<string, Buffer>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(tokens: Readonly<Record<string, string>>, port: number) {
    this.#tokens = tokens;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** `tokens`: user names by token. */
  static async start(tokens: Readonly<Record<string, string>>): Promise<HubServer> {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const hub = new HubServer(tokens, port);
    await new Promise<void>((resolve) => hub.#server.listen(port, '127.0.0.1', resolve));
    return hub;
  }

  /** As it was at the start. */
  reset(): void {
    this.interfere = () => null;
    this.slowness = 0;
    this.seen.length = 0;
    this.repos.clear();
    this.#objects.clear();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const seen = { method: request.method ?? '', path: pathname, authorization: request.headers.authorization };
    this.seen.push(seen);
    try {
      const other = this.interfere(seen);
      if (other) {
        request.resume();
        response
          .writeHead(other.status, { 'Content-Type': 'application/json', ...other.headers })
          .end(other.body ?? '{}');
        return;
      }
      const body = await buffer(request);
      // as on the real Hub, storage knows no token: the address is the permission
      const answer = seen.path.startsWith('/storage/')
        ? await this.#store(request, body)
        : this.#api(request, seen, body);
      send(response, answer);
    } catch (error) {
      if (!response.headersSent) send(response, reply(500, { error: String(error) }));
    }
  }

  #api(request: IncomingMessage, { method, path, authorization }: Seen, body: Buffer): Reply {
    const user = this.#tokens[/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? ''];
    if (!user) return reply(401, { error: 'Invalid username or password.' });
    if (path === '/api/whoami-v2') {
      return reply(200, { type: 'user', name: user, auth: { type: 'access_token' }, orgs: [] });
    }
    if (path === '/api/validate-yaml') return reply(200, { errors: [], warnings: [] });
    if (path === '/api/repos/create') return this.#create(user, JSON.parse(String(body)));
    const [, ofGit] = /^\/([\w.-]+\/[\w.-]+)\.git\/info\/lfs\/objects\/batch$/.exec(path) ?? [];
    const [, ofApi, action] =
      /^\/api\/models\/([\w.-]+\/[\w.-]+?)(?:\/(preupload|commit|revision)\/main)?$/.exec(path) ?? [];
    const id = ofGit ?? ofApi ?? '';
    const repo = this.repos.get(id);
    if (!repo) return reply(404, { error: 'Repository not found' });
    if (method === 'GET') return reply(200, { id, private: repo.isPrivate, sha: shaOf(String(repo.commits.length)) });
    if (!id.startsWith(`${user}/`)) return reply(403, { error: `You do not have write access to ${id}` });
    if (ofGit) return this.#batch(request, JSON.parse(String(body)));
    if (action === 'preupload') return reply(200, { files: preupload(JSON.parse(String(body))) });
    if (action === 'commit') return this.#commit(id, repo, body);
    return reply(404, { error: `No such place: ${method} ${path}` });
  }

  #create(user: string, asked: CreateRequest): Reply {
    const owner = asked.organization ?? user;
    const id = `${owner}/${asked.name}`;
    const url = `${this.url}/${id}`;
    if (owner !== user) return reply(403, { error: `You cannot make repositories for ${owner}` });
    if (this.repos.has(id)) return reply(409, { error: 'You already created this model repo', url });
    const isPrivate = asked.private ?? asked.visibility === 'private';
    this.repos.set(id, { isPrivate, files: new Map(), commits: [] });
    return reply(200, { url, name: id, id });
  }

  /** Says where each object goes; nothing for those that are there already. */
  #batch(request: IncomingMessage, asked: BatchRequest): Reply {
    if (!asked.transfers?.includes('basic')) return reply(422, { error: 'basic only' });
    const authorization = request.headers.authorization ?? '';
    const objects = asked.objects.map(({ oid, size }) => {
      if (this.#objects.get(oid)?.length === size) return { oid, size };
      const upload = { href: `${this.url}/storage/${oid}?size=${size}` };
      const verify = { href: `${this.url}/storage/verify`, header: { Authorization: authorization } };
      return { oid, size, authenticated: true, actions: { upload, verify } };
    });
    return reply(200, { transfer: 'basic', objects });
  }

  async #store(request: IncomingMessage, body: Buffer): Promise<Reply> {
    const url = new URL(request.url ?? '/', this.url);
    const oid = url.pathname.slice('/storage/'.length);
    if (oid === 'verify') {
      const { oid: wanted, size } = JSON.parse(String(body)) as { oid: string; size: number };
      return reply(this.#objects.get(wanted)?.length === size ? 200 : 404, {});
    }
    if (request.headers.authorization) return reply(400, { error: 'Storage must not see the token.' });
    // storage wants to know the size beforehand: no chunked transfer
    if (request.headers['content-length'] !== url.searchParams.get('size')) return reply(411, {});
    if (shaOf(body) !== oid) return reply(400, { error: 'The content is not what its hash says.' });
    if (this.slowness > 0) await new Promise((resolve) => setTimeout(resolve, this.slowness).unref());
    this.#objects.set(oid, body);
    return reply(200, {});
  }

  #commit(id: string, repo: Repo, body: Buffer): Reply {
    const lines = String(body).trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as CommitLine);
    const files = new Map<string, Buffer>();
    let title = '';
    for (const { key, value } of entries) {
      if (key === 'header') title = value.summary ?? '';
      else if (key === 'file') files.set(value.path ?? '', Buffer.from(value.content ?? '', 'base64'));
      else if (key === 'lfsFile') {
        const object = this.#objects.get(value.oid ?? '');
        if (object?.length !== value.size) return reply(400, { error: `${value.path} was not uploaded` });
        if (object) files.set(value.path ?? '', object);
      } else return reply(400, { error: `Unknown key ${key}` });
    }
    for (const [path, content] of files) repo.files.set(path, content);
    repo.commits.push(title);
    const commitOid = shaOf(String(repo.commits.length)).slice(0, 40);
    return reply(200, {
      success: true,
      commitOid,
      commitUrl: `${this.url}/${id}/commit/${commitOid}`,
      hookOutput: '',
    });
  }
}

interface CreateRequest {
  readonly name: string;
  readonly organization?: string | null;
  readonly private?: boolean | null;
  readonly visibility?: string;
}

interface BatchRequest {
  readonly transfers?: readonly string[];
  readonly objects: readonly { readonly oid: string; readonly size: number }[];
}

interface CommitLine {
  readonly key: string;
  readonly value: {
    readonly summary?: string;
    readonly path?: string;
    readonly content?: string;
    readonly oid?: string;
    readonly size?: number;
  };
}

/** Weights and large files go to storage, text into the commit. */
function preupload({ files }: { files: readonly { path: string; size: number }[] }) {
  const isLarge = ({ path, size }: { path: string; size: number }) =>
    path.endsWith('.safetensors') || size > 10_000_000;
  return files.map((file) => ({ path: file.path, uploadMode: isLarge(file) ? 'lfs' : 'regular', shouldIgnore: false }));
}

function shaOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

interface Reply {
  readonly status: number;
  readonly value: object;
}

function reply(status: number, value: object): Reply {
  return { status, value };
}

function send(response: ServerResponse, { status, value }: Reply): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-Id': 'test' }).end(JSON.stringify(value));
}

// `node --import tsx test/hub/hub-server.ts TOKEN`: to try another client on it
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const hub = await HubServer.start({ [process.argv[2] ?? 'hf_test']: 'tester' });
  console.log(hub.url);
}
