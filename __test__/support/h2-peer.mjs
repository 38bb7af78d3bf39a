// A gateway over HTTP/2, which answers as the sandbox behind it does, until it is armed.
import http2 from 'node:http2';
import { ask } from './peer.mjs';

/**
 * Starts one on loopback. `settings` are the server's, such as `maxConcurrentStreams`. `arm(strike)`
 * gives the next whole request to `strike(stream)` in place of an answer, `times` times.
 */
export async function startH2Peer({ origin, identity, settings = {} }) {
  const peer = {
    /** Requests that arrived whole. */
    requests: [],
    /** Streams that a client opened, whole or not. */
    streams: 0,
    sessions: new Set(),
    /** The TCP connections below. */
    sockets: new Set(),
    arm: (strike, times = 1) => (armed = { strike, left: times }),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of peer.sockets) socket.destroy();
      }),
  };
  let armed;
  const server = http2.createSecureServer({ ...identity, settings });
  server.on('connection', (socket) => {
    peer.sockets.add(socket);
    socket.on('close', () => peer.sockets.delete(socket)).on('error', () => {});
  });
  server.on('session', (session) => {
    peer.sessions.add(session);
    session.on('close', () => peer.sessions.delete(session)).on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    peer.streams++;
    const chunks = [];
    stream.on('error', () => {}).on('data', (chunk) => chunks.push(chunk));
    stream.on('end', async () => {
      // A stream that was reset ends, too; only its peer's own end makes it whole.
      if (stream.destroyed || stream.aborted) return;
      const request = {
        method: headers[':method'],
        path: headers[':path'],
        headers,
        body: Buffer.concat(chunks).toString(),
      };
      peer.requests.push(request);
      if (armed && armed.left-- > 0) return armed.strike(stream);
      const answer = await ask(origin, request).catch(() => undefined);
      if (stream.destroyed) return;
      if (!answer) return stream.close(2);
      stream.respond({ ':status': answer.status, ...answer.headers });
      stream.end(answer.body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  peer.port = server.address().port;
  peer.url = `https://127.0.0.1:${peer.port}`;
  return peer;
}
