// Nest, its decorators called as functions, which is what a compiler makes of them.
import 'reflect-metadata';
import { All, Controller, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

async function listening(module, options, prepare = () => {}) {
  const app = await NestFactory.create(module, { logger: false, ...options });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

function moduleOf(hooks) {
  class Hooks {
    deliver(req, res) {
      return hooks(req, res);
    }
  }
  const method = [Hooks.prototype, 'deliver'];
  Controller('hooks')(Hooks);
  All(':gateway')(...method, Object.getOwnPropertyDescriptor(...method));
  Req()(...method, 0);
  Res()(...method, 1);
  class App {}
  Module({ controllers: [Hooks] })(App);
  return App;
}

function empty() {
  class App {}
  Module({})(App);
  return App;
}

export const ways = {
  'a middleware': (hooks) => listening(empty(), {}, (app) => app.use('/hooks', hooks)),
  'a controller, its parsers off': (hooks) => listening(moduleOf(hooks), { bodyParser: false }),
  'a controller': (hooks) =>
    listening(moduleOf(hooks), { bodyParser: false }, (app) => app.useBodyParser('json', { limit: '1mb' })),
  'a controller, with the raw body': (hooks) =>
    listening(moduleOf(hooks), { rawBody: true }, (app) => app.useBodyParser('json', { limit: '1mb' })),
};
