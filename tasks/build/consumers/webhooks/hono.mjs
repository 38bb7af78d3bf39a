import { serve } from '@hono/node-server';
import { Hono } from 'hono';

function listening(app) {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}`, close: () => (server.close(), server.closeAllConnections()) }),
    );
  });
}

const unread = (hooks) =>
  // #region webhook
  new Hono().all('/hooks/:gateway', (c) => hooks.handle(c.req.raw));
// #endregion webhook

export const ways = {
  unread: (hooks) => listening(unread(hooks)),
  // Hono keeps what a middleware has read.
  'read before': (hooks) =>
    listening(
      new Hono()
        .use(async (c, next) => (await c.req.text(), next()))
        .all('/hooks/:gateway', async (c) => hooks.handle(c.req.raw, { body: (await c.req.text()) || undefined })),
    ),
};
