import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from '../../sandbox/dist/http/router.js';

const router = new Router([
  { name: 'all', method: 'GET', path: '/payments/all' },
  { name: 'one', method: 'GET', path: '/payments/:reference' },
  { name: 'answer', method: 'POST', path: '/payments/:gateway/:id/answer' },
  { name: 'again', method: 'POST', path: '/webhooks/:id#/redeliver' },
  { name: 'either', method: 'POST', path: ['/v1.0/link', '/link'] },
]);

for (const [request, name, params] of [
  ['GET /payments/all', 'all', {}],
  ['GET /Payments/ALL', 'all', {}],
  ['GET /payments/ORDER-1', 'one', { reference: 'ORDER-1' }],
  ['GET /payments/a%20b%2Fc', 'one', { reference: 'a b/c' }],
  ['GET /payments/%E0%A4%A', 'one', { reference: '%E0%A4%A' }],
  ['POST /payments/any/7/answer', 'answer', { gateway: 'any', id: '7' }],
  ['POST /webhooks/12/redeliver', 'again', { id: '12' }],
  ['POST /webhooks/x/redeliver'],
  ['POST /v1.0/link', 'either', {}],
  ['POST /link', 'either', {}],
  ['POST /v1x0/link'],
  ['POST /payments/ORDER-1'],
  ['GET /payments/'],
  ['GET /payments/a/b'],
  ['GET /x/payments/a'],
]) {
  test(`${request} ${name ? `is ${name}` : 'is nothing'}`, () => {
    const found = router.find(...request.split(' '));
    assert.deepEqual([found?.route.name, found?.params], [name, params]);
  });
}
