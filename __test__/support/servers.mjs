// Redis and PostgreSQL for one spec: the installed programs on loopback, with data of their own, gone afterwards.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './child.mjs';

const START_MS = 60_000;
const STOP_MS = 20_000;
const STARTS = 5;
const CLUSTERS = '/usr/lib/postgresql';

const paths = (process.env.PATH ?? '').split(':');
const clusters = existsSync(CLUSTERS) ? readdirSync(CLUSTERS).map((version) => join(CLUSTERS, version, 'bin')) : [];
const program = (name, folders = paths) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));

const redisServer = program('redis-server');
const initdb = program('initdb', [...clusters, ...paths]);
const postgres = program('postgres', [...clusters, ...paths]);

/** Why a spec cannot run here, `false` when it can; CI has no such excuse. */
export const noRedis = redisServer ? false : missing('redis-server');
export const noPostgres = initdb && postgres ? false : missing('postgresql');

function missing(name) {
  return `${name} is not installed (apt-get install ${name}): its replay store is NOT tested.`;
}

/** Resolves with `{ port, stop }`. */
export async function startRedis() {
  return start('finconnect-redis-', (folder, port) => ({
    command: [
      redisServer,
      ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
      { env: cleanEnvironment() },
    ],
    ready: /Ready to accept connections/,
  }));
}

/**
 * Resolves with `{ port, user, stop, restart }`; the database `postgres` is there to use. `restart(signal)` ends the
 * server and starts it again on the same port and data.
 */
export async function startPostgres() {
  const user = 'finconnect';
  const owner = { ...notRoot(), env: cleanEnvironment() };
  const server = await start('finconnect-postgres-', (folder, port) => {
    const data = join(folder, port);
    mkdirSync(data);
    for (const path of [folder, data]) if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid);
    const made = ['-D', data, '-U', user, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    execFileSync(initdb, made, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], timeout: START_MS });
    return {
      command: [
        postgres,
        ['-D', data, '-p', port, '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'],
        { ...owner, cwd: folder },
      ],
      ready: /ready to accept connections/,
    };
  });
  return { ...server, user };
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function notRoot() {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Another program may take the free port first: then the next one is tried. */
async function start(prefix, prepare) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const { command, ready } = prepare(folder, String(port));
    let server = spawn(...command);
    const kill = () => server.kill('SIGKILL');
    process.once('exit', kill);
    const end = async (signal) => {
      const timer = setTimeout(kill, STOP_MS);
      if (server.exitCode === null && server.signalCode === null) {
        const exit = once(server, 'exit');
        server.kill(signal);
        await exit;
      }
      clearTimeout(timer);
    };
    const stop = async () => {
      // PostgreSQL then waits until its last connection has closed; a pool's `end` does not.
      await end('SIGTERM');
      process.removeListener('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    };
    const restart = async (signal) => {
      await end(signal);
      server = spawn(...command);
      const said = await untilReady(server, ready);
      if (said !== true) throw new Error(`${command[0]} did not start again: ${said}`);
    };
    const said = await untilReady(server, ready);
    if (said === true) return { port, stop, restart };
    if (attempt === STARTS) {
      await stop();
      throw new Error(`${command[0]} did not start: ${said}`);
    }
    kill();
  }
}

/** `true`, or what the program said before it ended or took too long. */
function untilReady(server, ready) {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(said), START_MS);
    const settle = (value) => (clearTimeout(timer), resolve(value));
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk) => {
        // Read to the end, so that the pipe never fills; kept only until the server is ready.
        if (said.length < 10_000) said += chunk;
        if (ready.test(said)) settle(true);
      });
    }
    server.once('error', (error) => settle(error.message));
    server.once('exit', () => settle(said));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
