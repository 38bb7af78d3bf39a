// Starts the app, and ends it when all is written down.
import { openApp } from './app.mjs';

const { PORT = '3000', HOST = '127.0.0.1' } = process.env;
const { app, close } = await openApp(process.env, console.log);
const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  console.log(`Guests book at http://${HOST}:${server.address().port}, staff work at /staff and look at /money`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(close).closeIdleConnections());
