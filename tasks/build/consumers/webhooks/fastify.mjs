// Fastify reads the body by itself, before any route.
import fastify from 'fastify';

// #region webhook
/** The body goes along as Fastify has read it. */
const route = (hooks) => (request, reply) => {
  const { method, headers, url, body } = request;
  const asked = new Request(new URL(url, 'http://shop.example'), { method, headers });
  return hooks.handle(asked, { body: body ?? undefined }).then((answer) => reply.send(answer));
};
// #endregion webhook

async function listening(app) {
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
}

export const ways = {
  'its own parsers': (hooks) => listening(fastify().all('/hooks/:gateway', route(hooks))),
  'text alone': (hooks) =>
    listening(
      fastify().register(async (app) => {
        app.removeAllContentTypeParsers();
        app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
        app.all('/hooks/:gateway', route(hooks));
      }),
    ),
  'no parser': (hooks) =>
    listening(
      fastify().register(async (app) => {
        app.removeAllContentTypeParsers();
        app.addContentTypeParser('*', (_request, _payload, done) => done(null));
        app.all('/hooks/:gateway', (request, reply) => {
          reply.hijack();
          return hooks(request.raw, reply.raw);
        });
      }),
    ),
};
