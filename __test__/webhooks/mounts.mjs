// Servers of every kind that run on `node:http`, with a body parser before the webhooks, after them, or none.
import { once } from 'node:events';
import { createServer } from 'node:http';
import connect from 'connect';
import express from 'express';
import express4 from 'express-4';

const PATH = '/hooks/azampay';

const parsersOf = (module) => [module.json(), module.urlencoded({ extended: true }), module.text({ type: '*/*' })];

/** An app of Express, or Connect, which has no parsers of its own. */
const mounted = (app, hooks, parsers, where) => {
  if (where === 'before') for (const parser of parsers) app.use(parser);
  app.use(PATH, hooks);
  if (where === 'after') for (const parser of parsers) app.use(parser);
  return app;
};

const raw = (module, hooks) =>
  module()
    .use(module.raw({ type: '*/*' }))
    .use(PATH, hooks);

/** Each takes the webhooks and gives what answers HTTP requests. */
export const MOUNTS = {
  'node:http': (hooks) => (req, res) => hooks(req, res),
  connect: (hooks) => mounted(connect(), hooks, [], 'none'),
  'connect, parser before': (hooks) => mounted(connect(), hooks, parsersOf(express), 'before'),
  ...Object.fromEntries(
    Object.entries({ 'Express 4': express4, 'Express 5': express }).flatMap(([name, module]) => [
      ...['before', 'after', 'none'].map((where) => [
        `${name}, parser: ${where}`,
        (hooks) => mounted(module(), hooks, parsersOf(module), where),
      ]),
      [`${name}, raw bytes`, (hooks) => raw(module, hooks)],
      [`${name}, a route`, (hooks) => module().all(PATH, hooks)],
      [
        `${name}, a route after an async middleware`,
        (hooks) =>
          module()
            .use((_req, _res, next) => setTimeout(next, 5))
            .all('/hooks/:gateway', hooks),
      ],
    ]),
  ),
};

/** Listens on a free port; gone with the test. */
export async function serve(t, listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  return `http://127.0.0.1:${server.address().port}${PATH}`;
}
