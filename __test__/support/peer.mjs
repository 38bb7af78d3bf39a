// A gateway whose connections misbehave: it answers as the sandbox behind it does, until it is armed.
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';

/**
 * Starts a peer on loopback, in front of the sandbox at `origin`. `identity` (`{ key, cert }`) makes it
 * speak TLS. `keepAlive` lets a client use a connection again.
 *
 * `arm(fault)` breaks what comes next, `times` times (default 1). A fault is one of
 * - `{ connection(socket) }`, instead of anything else, on the raw TCP connection;
 * - `{ afterBytes, strike(socket) }`, when a connection has brought so many bytes;
 * - `{ request(socket, answer) }`, when the request is whole; `answer()` resolves with the bytes due;
 * - `{ identity }`, another certificate, for good.
 */
export async function startPeer({ origin, identity, keepAlive = false }) {
  const peer = {
    /** Requests that arrived whole, as `{ method, path, headers, body }`. */
    requests: [],
    connections: 0,
    /** Bytes of requests, within TLS where there is TLS. */
    bytes: 0,
    sockets: new Set(),
    arm: (fault) => {
      armed = { times: 1, ...fault };
      if (fault.identity) secure.setSecureContext(fault.identity);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of peer.sockets) socket.destroy();
      }),
  };
  let armed;
  const struck = (kind) => {
    if (!armed?.[kind]) return undefined;
    const fault = armed;
    armed = --fault.times > 0 ? fault : undefined;
    return fault;
  };
  const secure = identity && tls.createServer(identity, serve).on('tlsClientError', () => {});
  const server = net.createServer((socket) => {
    peer.connections++;
    peer.sockets.add(socket);
    socket.on('close', () => peer.sockets.delete(socket)).on('error', () => {});
    const fault = struck('connection');
    if (fault) fault.connection(socket);
    else if (secure) secure.emit('connection', socket);
    else serve(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  peer.port = server.address().port;
  peer.url = `${identity ? 'https' : 'http'}://127.0.0.1:${peer.port}`;
  return peer;

  function serve(socket) {
    let received = Buffer.alloc(0);
    let total = 0;
    let last = Promise.resolve();
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        peer.bytes += chunk.length;
        total += chunk.length;
        received = Buffer.concat([received, chunk]);
        for (let request; (request = whole(received)); received = received.subarray(request.length)) {
          peer.requests.push(request);
          // Whoever asked may be gone, and the sandbox with it.
          last = last.then(() => respond(socket, request)).catch(() => socket.destroy());
        }
        if (total >= armed?.afterBytes) struck('strike').strike(socket);
      });
  }

  async function respond(socket, request) {
    if (socket.destroyed) return;
    const answer = () => forward(origin, request, keepAlive);
    const fault = struck('request');
    if (fault) return fault.request(socket, answer);
    const bytes = await answer();
    if (keepAlive) socket.write(bytes);
    else socket.end(bytes);
  }
}

/** The request at the start of `bytes`, when all of it is there. */
function whole(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]),
  );
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  if (bytes.length < length) return undefined;
  const [method, path] = line.split(' ');
  return { method, path, headers, length, body: bytes.subarray(end + 4, length).toString() };
}

/** What the sandbox answers, as bytes of HTTP/1.1. */
async function forward(origin, request, keepAlive) {
  const { status, headers, body } = await ask(origin, request);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const connection = keepAlive ? 'keep-alive' : 'close';
  return Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status} -\r\n${lines.join('')}content-length: ${body.length}\r\nconnection: ${connection}\r\n\r\n`,
    ),
    body,
  ]);
}

const OF_THE_CONNECTION = ['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'date', 'host'];
const without = (headers) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name) && !name.startsWith(':')),
  );

/** Asks the sandbox; `{ status, headers, body }`. */
export function ask(origin, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      origin + path,
      { method, headers: { ...without(headers), 'content-length': Buffer.byteLength(body) }, agent: false },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: without(response.headers), body: Buffer.concat(chunks) }),
        );
      },
    );
    request.on('error', reject).end(body);
  });
}
