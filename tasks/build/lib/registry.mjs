// A registry on loopback that holds our packages and passes every other name on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageTools } from './package-tools.mjs';
import { run } from './run.mjs';

const SERVER = fileURLToPath(new URL('registry-server.cjs', import.meta.url));
const READY_WITHIN_MS = 30_000;

/** Starts the registry with its data in `folder`, and publishes the tarballs. */
export async function startRegistry(folder, tarballs) {
  const upstream = run('npm', ['config', 'get', 'registry']).trim();
  const server = spawn(process.execPath, [SERVER, packageTools(), folder, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(server.stdout, 'data', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    const url = `http://127.0.0.1:${Number(line)}/`;
    const userconfig = join(folder, 'publisher.npmrc');
    writeFileSync(userconfig, `registry=${url}\n//${new URL(url).host}/:_authToken=${await account(url)}\n`);
    for (const tarball of tarballs) {
      run('npm', ['publish', tarball, '--userconfig', userconfig, '--registry', url, '--loglevel=error'], {
        cwd: folder,
      });
    }
    return { url, close: () => server.kill() };
  } catch (error) {
    server.kill();
    throw error;
  }
}

async function account(url) {
  const name = 'publisher';
  const response = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: 'on-this-machine-only' }),
  });
  const { token } = await response.json();
  if (!token) throw new Error(`The registry gave no account (HTTP ${response.status}).`);
  return token;
}
