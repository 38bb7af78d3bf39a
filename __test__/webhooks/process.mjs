// A shop in a process of its own, which a spec kills: `node process.mjs <url of Redis, or pg://port/user> <mode>`.
// It tells its parent where it listens, and how far it is: at the handler's end, or before the commit.
import { createServer } from 'node:http';
import { FintechSDK } from 'finconnect';
import { postgresReplayStore, redisReplayStore } from 'finconnect/replay';
import { webhooks } from 'finconnect/webhooks';
import pg from 'pg';
import { createClient } from 'redis';

const [at, mode, config, leaseMs] = process.argv.slice(2);
const { protocol, hostname, port, username } = new URL(at);
const store =
  protocol === 'redis:'
    ? redisReplayStore(await createClient({ url: at }).connect())
    : postgresReplayStore(new pg.Pool({ host: hostname, port: Number(port), user: username, database: 'postgres' }));
const tell = (...words) => process.send(words);
const forever = () => new Promise(() => {});
const replay = {
  ...store,
  async commit(...args) {
    if (mode !== 'before the commit') return store.commit(...args);
    tell('before the commit');
    return forever();
  },
};
const hooks = webhooks(new FintechSDK({ provider: 'azampay', config: JSON.parse(config), replay }), {
  timeoutMs: Number(leaseMs),
  leaseMs: Number(leaseMs),
  async onPayment({ reference }, { eventId, duplicate }) {
    tell('handled', reference, eventId, duplicate);
    if (mode === 'in the handler') await forever();
  },
});
const server = createServer(hooks).listen(0, '127.0.0.1', () =>
  tell('listening', `http://127.0.0.1:${server.address().port}`),
);
