// A merchant's server, or any other, on a free port of this machine.
import { once } from 'node:events';
import http from 'node:http';

/** Listens with a server of any kind, or with a function that answers HTTP requests, such as an Express app. */
export async function listen(target, host = '127.0.0.1') {
  const server = typeof target === 'function' ? http.createServer(target) : target;
  await once(server.listen(0, host), 'listening');
  return {
    url: `http://${host}:${server.address().port}`,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections?.())),
  };
}

/**
 * Starts a shop that keeps each request as it came, callbacks above all, and answers what `answer(request, count)`
 * says: `{ status, headers, body }`.
 */
export async function startShop(answer = () => ({ body: 'OK' })) {
  const received = [];
  const listening = await listen(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers, rawHeaders } = request;
    const came = { method, url, headers, rawHeaders, text: Buffer.concat(chunks).toString(), at: Date.now() };
    received.push(came);
    const { status = 200, body = '', headers: own = {} } = await answer(came, received.length);
    response.writeHead(status, own).end(body);
  });
  return { ...listening, received };
}

/** The members of a callback, in its JSON body or in its query. */
export const membersOf = ({ url, text }) =>
  text ? JSON.parse(text) : Object.fromEntries(new URL(url, 'http://shop').searchParams);
