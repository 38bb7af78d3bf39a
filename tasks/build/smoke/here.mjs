// node tasks/build/smoke/here.mjs <folder of tarballs>
// Unpacks this machine's packages and runs the smoke in the Node that runs this. Needs no other package.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hostPlatform } from '../lib/host.mjs';
import { command } from '../lib/run.mjs';
import { addSmoke, runSmoke, unpack } from '../lib/smoke.mjs';
import { manifest, packageOf } from '../platforms.mjs';
import { startBench } from './bench.mjs';

await command(async ([tarballFolder = 'dist']) => {
  const platform = hostPlatform();
  const files = readdirSync(tarballFolder);
  const named = (name) => [
    name,
    resolve(tarballFolder, files.find((file) => file === `${name}-${manifest.version}.tgz`) ?? fail(name)),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-smoke-'));
  unpack(folder, platform, Object.fromEntries([manifest.name, packageOf(platform)].map(named)));
  const bench = await startBench(createRequire(join(folder, 'package.json'))(`${manifest.name}/sandbox`));
  try {
    addSmoke(folder, bench);
    const start = {
      command: [process.execPath, join(folder, 'smoke.cjs')],
      env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
    };
    const { output, passed, failure } = await runSmoke(folder, start, bench);
    if (failure) throw new Error(`${output}\nFAILED on ${platform}, Node ${process.version}: ${failure}`);
    console.log(`${passed} checks passed on ${platform}, Node ${process.version}.`);
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function fail(name) {
  throw new Error(`There is no tarball of ${name}@${manifest.version}.`);
}
