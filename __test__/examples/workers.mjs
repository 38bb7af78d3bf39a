// The shop with workers: a PostgreSQL, its migration, and two workers beside the web server.
import assert from 'node:assert/strict';
import { until } from '../sandbox/helpers.mjs';
import { run } from '../support/child.mjs';
import { startPostgres } from '../support/servers.mjs';
import { serve } from './project.mjs';
import { driveShop, ordersByJson } from './shop.mjs';

export async function driveWorkers(folder, node) {
  const { port, user, stop } = await startPostgres();
  let workers = [];
  const work = async (env) => {
    const migrated = await run(node, ['migrate.mjs'], { cwd: folder, env });
    assert.equal(migrated.code, 0, migrated.stdout + migrated.stderr);
    const ready = /The worker is ready/;
    workers = await Promise.all([1, 2].map(() => serve(folder, [node, 'worker.mjs'], { env, ready })));
    return workers;
  };
  const receipts = () => workers.flatMap(({ out }) => out.stdout.match(/receipt: .*/g) ?? []);
  try {
    await driveShop(folder, {
      command: [node, 'server.mjs'],
      env: { DATABASE_URL: `postgres://${user}@127.0.0.1:${port}/postgres` },
      by: ordersByJson(202),
      beside: work,
      also: () => until(() => receipts().length > 0, 'the receipt'),
    });
    assert.deepEqual(receipts(), ['receipt: ticket 1 for DRIVE0001']);
  } finally {
    await stop();
  }
}
