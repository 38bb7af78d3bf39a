import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Inbound, Reply } from './message.js';

const MAX_BODY = 1024 * 1024;
const REQUEST_WITHIN_MS = 30_000;
/** Longer than clients keep idle connections, so that none is closed under a request. */
const IDLE_MS = 120_000;

export interface Exchange {
  request: Inbound;
  response: ServerResponse;
  /** Resolves when the answer is on its way, or the client is gone. */
  gone: Promise<void>;
}

export interface Listening {
  port: number;
  /** Keeps the process alive while the server listens. */
  ref(): void;
  close(): Promise<void>;
}

export interface ListenOptions {
  port: number;
  host: string;
  tls?: { key: string | Buffer; cert: string | Buffer } | undefined;
  /** Whether a request with this Host header is served. */
  allows(host: string | undefined): boolean;
  handle(exchange: Exchange): Promise<void>;
}

/** Starts an HTTP server that reads each request whole, within bounds, and hands it on. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const scheme = options.tls ? 'https' : 'http';
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    void receive(message, response, scheme, options);
  };
  const server = options.tls ? https.createServer(options.tls, onRequest) : http.createServer(onRequest);
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.keepAliveTimeout = IDLE_MS;
  // Whoever waits for an answer keeps the process alive; the sandbox does not.
  server.on('connection', (socket: Socket) => socket.unref());
  server.on('secureConnection', (socket: Socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    ref: () => void server.ref(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(
  message: IncomingMessage,
  response: ServerResponse,
  scheme: string,
  options: ListenOptions,
): Promise<void> {
  response.on('error', () => response.destroy());
  if (!options.allows(message.headers.host)) {
    return reply(
      response,
      plain(403, `This sandbox does not serve the host ${message.headers.host ?? '(none)'}; see allowedHosts.\n`),
    );
  }
  const origin = `${scheme}://${message.headers.host}`;
  if (fromElsewhere(message, origin))
    return reply(response, plain(403, 'Requests from web pages elsewhere are refused.\n'));
  const body = await readBody(message);
  if (body === undefined)
    return reply(response, { ...plain(413, 'At most 1 MB.\n'), headers: { Connection: 'close' } });
  const url = new URL(message.url?.startsWith('/') ? `http://sandbox${message.url}` : 'http://sandbox/');
  const path = message.url?.split('?')[0] ?? '/';
  const request: Inbound = {
    method: message.method ?? 'GET',
    path,
    query: url.searchParams,
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    body,
    origin,
  };
  const gone = new Promise<void>((resolve) => response.on('close', () => resolve()));
  await options.handle({ request, response, gone }).catch((error: unknown) => {
    reply(response, plain(500, `sandbox: ${error instanceof Error ? error.message : String(error)}\n`));
  });
}

/** Whether a script of another site sent the request; following a link or a redirect to a page here does not count. */
function fromElsewhere(message: IncomingMessage, origin: string): boolean {
  const { origin: from, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = message.headers;
  if (from !== undefined && from !== origin && !(from === 'null' && site === 'same-origin')) return true;
  const following = message.method === 'GET' && mode === 'navigate';
  return (site === 'cross-site' || site === 'same-site') && !following;
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The client went away half way; what it sent is answered to nobody.
  }
  return Buffer.concat(chunks);
}

export function reply(response: ServerResponse, { status, headers = {}, body = '' }: Reply): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { ...headers, ...(status !== 204 && { 'Content-Length': Buffer.byteLength(body) }) });
  response.end(body);
}

/** Breaks the connection off: a TCP reset, or under TLS an end without the closing alert. */
export function breakOff(response: ServerResponse): void {
  const { socket } = response;
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

const plain = (status: number, body: string): Reply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body,
});
