// Starts the app, and ends it when all is written down.
import { openApp } from './app.mjs';

const { PORT = '3000', HOST = '127.0.0.1', STAFF_TOKEN } = process.env;
const { app, close } = await openApp(process.env, console.log);
const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  const staff = STAFF_TOKEN ? 'staff work at /staff and look at /money' : 'staff need STAFF_TOKEN';
  console.log(`Guests book at http://${HOST}:${server.address().port}, ${staff}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(close).closeIdleConnections());
