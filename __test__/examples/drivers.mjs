// How each example is driven, in a folder that holds it and its packages.
import { driveBooking } from './booking.mjs';
import { ordersByForm, seesTheTicket } from './next.mjs';
import { driveReconciliation } from './reconcile-daily.mjs';
import { driveShop } from './shop.mjs';
import { driveWorkers } from './workers.mjs';

/** By name; each takes the folder, and the programs of Node and Bun that the example is run by. */
export const drivers = {
  booking: (folder, { node }) => driveBooking(folder, node, { database: { DATABASE_FILE: 'booking.db' } }),
  fastify: (folder, { node }) => driveShop(folder, { command: [node, 'server.mjs'], gateway: 'clickpesa' }),
  'hono-bun': (folder, { bun }) => driveShop(folder, { command: [bun, 'server.ts'] }),
  nest: (folder, { node }) => driveShop(folder, { command: [node, 'dist/main.js'] }),
  nextjs: (folder, { node }) =>
    driveShop(folder, {
      command: [node, 'node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1', '--port', '0'],
      env: { NEXT_TELEMETRY_DISABLED: '1' },
      by: ordersByForm,
      also: seesTheTicket,
    }),
  'reconcile-daily': (folder, { node }) => driveReconciliation(folder, node),
  workers: (folder, { node }) => driveWorkers(folder, node),
};
