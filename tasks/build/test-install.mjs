// npm run test:install [-- part of a case's name]
// Publishes the packages to a registry on loopback, installs them into empty projects of every kind, and runs
// the documented call sites there; then the installs that cannot work, and what they say.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPlatform, installedPackages, installedSize } from './lib/host.mjs';
import { packageTools } from './lib/package-tools.mjs';
import { startRegistry } from './lib/registry.mjs';
import { command, run, toolsFolder } from './lib/run.mjs';
import { builtPlatforms, packAll } from './lib/stage.mjs';
import { binaryOf, manifest, packageOf, platforms, root } from './platforms.mjs';

const READY_WITHIN_MS = 60_000;
const MAX_INSTALLED = 5_000_000;
const requireDev = createRequire(join(root, 'package.json'));
const ts = requireDev('typescript');
const versionOf = (name) => manifest.devDependencies[name];
const TYPESCRIPT = ['typescript', '@types/node', '@types/express'].map((name) => `${name}@${versionOf(name)}`);
const EXPRESS = `express@${versionOf('express')}`;

let registry;
let workspace;

const cases = {
  'npm, CommonJS': () => javascript('commonjs', npm),
  'npm, ESM': () => javascript('module', npm),
  'npm, TypeScript to CommonJS': () => typescript('commonjs'),
  'npm, TypeScript to ESM': () => typescript('module'),
  pnpm: () => javascript('module', pnpm),
  'Yarn 1': () => javascript('module', yarnClassic),
  'Yarn 4, Plug’n’Play': () =>
    javascript('module', yarnBerry, ['node', '--require', './.pnp.cjs', '--loader', './.pnp.loader.mjs']),
  'Next.js, serverExternalPackages': next,
  'webhooks: Fastify': () => webhooksOn('fastify', ['fastify@5.12.8']),
  'webhooks: Hono': () => webhooksOn('hono', ['hono@4.13.19', '@hono/node-server@2.1.9']),
  'webhooks: Nest': () =>
    webhooksOn('nest', [
      ...['core', 'common', 'platform-express'].map((name) => `@nestjs/${name}@12.5.1`),
      ...['reflect-metadata@0.2', 'rxjs@7'],
    ]),
  'two packages, small, no script': small,
  'offline, from two tarballs': offline,
  '--omit=optional': () => refusal(['--omit=optional'], 'is not installed'),
  'another platform': () => refusal(['--os=darwin', '--cpu=arm64', '--force'], 'is not installed'),
  'missing binary': missingBinary,
  'broken binary': brokenBinary,
  publint: publint,
  'are the types wrong': attw,
};

let tarballs;

await command(async (args) => {
  const names = Object.keys(cases).filter((name) => args.every((part) => name.includes(part)));
  workspace = mkdtempSync(join(tmpdir(), 'finconnect-install-'));
  try {
    if (!builtPlatforms().includes(hostPlatform()))
      throw new Error(`Build this machine's package first: npm run build:all -- --platforms ${hostPlatform()}`);
    tarballs = packAll(Object.keys(platforms), join(toolsFolder, 'packages'), { hollow: true });
    const data = join(workspace, 'registry');
    mkdirSync(data);
    registry = await startRegistry(data, Object.values(tarballs));
    for (const name of names) await attempt(name);
  } finally {
    registry?.close();
    rmSync(workspace, { recursive: true, force: true });
  }
});

async function attempt(name) {
  const begun = Date.now();
  try {
    const note = await cases[name]();
    console.log(`ok ${name}${note ? `: ${note}` : ''} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}

function project(fields = {}) {
  const folder = mkdtempSync(join(workspace, 'project-'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'shop', version: '1.0.0', private: true, ...fields }),
  );
  writeFileSync(join(folder, '.npmrc'), `registry=${registry.url}\ncache=${join(workspace, 'npm-cache')}\n`);
  return folder;
}

function npm(folder, packages, flags = []) {
  return run('npm', ['install', ...packages, ...flags, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}

function pnpm(folder, packages) {
  const flags = [
    `--store-dir=${join(workspace, 'pnpm-store')}`,
    '--config.minimum-release-age=0',
    '--reporter=append-only',
  ];
  run(process.execPath, [join(packageTools(), 'pnpm/bin/pnpm.cjs'), 'add', ...flags, ...packages], { cwd: folder });
}

function yarnClassic(folder, packages) {
  const yarn = join(packageTools(), 'yarn-classic/bin/yarn.js');
  run(
    process.execPath,
    [yarn, 'add', '--non-interactive', '--cache-folder', join(workspace, 'yarn-cache'), ...packages],
    { cwd: folder },
  );
}

function yarnBerry(folder, packages) {
  const settings = {
    npmRegistryServer: registry.url.replace(/\/$/, ''),
    unsafeHttpWhitelist: ['127.0.0.1'],
    enableTelemetry: false,
    enableGlobalCache: false,
    // Its memory of other registries.
    globalFolder: join(workspace, 'yarn-berry'),
    npmMinimalAgeGate: 0,
  };
  writeFileSync(join(folder, '.yarnrc.yml'), JSON.stringify(settings));
  writeFileSync(join(folder, 'yarn.lock'), '');
  run(process.execPath, [join(packageTools(), '@yarnpkg/cli-dist/bin/yarn.js'), 'add', ...packages], { cwd: folder });
}

function javascript(type, install, [, ...nodeFlags] = ['node']) {
  const folder = project({ type });
  install(folder, [manifest.name, EXPRESS]);
  const module = type === 'module' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  for (const [name, source] of Object.entries(sources())) {
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    writeFileSync(join(folder, `${name}.js`), outputText);
  }
  paid(folder, nodeFlags, 'main.js');
}

function typescript(type) {
  const folder = project({ type });
  npm(folder, [manifest.name, EXPRESS]);
  npm(folder, TYPESCRIPT, ['--save-dev']);
  for (const [name, source] of Object.entries(sources())) writeFileSync(join(folder, `${name}.ts`), source);
  const compilerOptions = {
    strict: true,
    module: 'node16',
    target: 'es2022',
    esModuleInterop: true,
    types: ['node'],
    outDir: 'dist',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts', 'callsites.ts'] }));
  run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: folder });
  paid(folder, [], 'dist/main.js');
}

function sources() {
  return {
    main: readFileSync(join(root, 'tasks/build/consumers/main.ts'), 'utf8'),
    callsites: readFileSync(join(root, '__test__/dropin/callsites.ts'), 'utf8'),
  };
}

function paid(folder, nodeFlags, file, ...words) {
  const output = run(process.execPath, [...nodeFlags, file, ...words], { cwd: folder, timeout: 60_000 });
  if (output.trim() !== 'paid') throw new Error(`The call sites printed ${JSON.stringify(output)}.`);
}

async function next() {
  const folder = project();
  cpSync(join(root, 'tasks/build/consumers/next'), folder, { recursive: true });
  npm(folder, [manifest.name, 'next@16.4.6', 'react@19', 'react-dom@19']);
  const quiet = { NEXT_TELEMETRY_DISABLED: '1' };
  const cli = 'node_modules/next/dist/bin/next';
  run(process.execPath, [cli, 'build'], { cwd: folder, env: quiet });
  const { startSandbox } = requireDev('./sandbox/dist/index.js');
  const sandbox = await startSandbox();
  const config = sandbox.config('azampay');
  const env = {
    ...process.env,
    ...quiet,
    AZAMPAY_BASE_URL: config.baseUrl,
    AZAMPAY_APP_NAME: config.AZAMPAY_APP_NAME,
    AZAMPAY_CLIENT_ID: config.AZAMPAY_CONSUMER_KEY,
    AZAMPAY_API_KEY: config.AZAMPAY_CONSUMER_SECRET,
  };
  const server = spawn(process.execPath, [cli, 'start', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await printedUrl(server);
    const body = JSON.stringify({
      accountNumber: '255712345678',
      amount: '1000',
      currency: 'TZS',
      externalId: 'ORDER-9',
      provider: 'Mpesa',
    });
    const response = await fetch(`${url}/pay`, { method: 'POST', body, signal: AbortSignal.timeout(READY_WITHIN_MS) });
    const answer = await response.text();
    if (!/"transactionId":"[0-9a-f]{32}"/.test(answer))
      throw new Error(`The route answered ${response.status} ${answer.slice(0, 300)}`);
    sandbox.setWebhook('azampay', `${url}/hooks/azampay`);
    await sandbox.approve(JSON.parse(answer).transactionId);
    const [{ id }] = sandbox.webhooks();
    await sandbox.redeliver(id);
    await sandbox.redeliver(id, { tamper: true });
    const statuses = sandbox.webhooks().flatMap(({ attempts }) => attempts.map(({ status }) => status));
    if (statuses.join() !== '200,200,400') throw new Error(`The webhooks were answered ${statuses}`);
  } finally {
    server.kill();
    await once(server, 'exit');
    await sandbox.close();
  }
}

/** The webhooks on the real framework, its own body parser before them and absent. */
function webhooksOn(framework, packages) {
  const folder = project({ type: 'module' });
  for (const file of ['drive', framework])
    cpSync(join(root, `tasks/build/consumers/webhooks/${file}.mjs`), join(folder, `${file}.mjs`));
  npm(folder, [manifest.name, ...packages]);
  paid(folder, [], 'drive.mjs', framework);
}

function printedUrl(server) {
  let printed = '';
  return new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      printed += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (url) resolve(url);
    });
    server.on('exit', () => reject(new Error(`The server ended: ${printed}`)));
  });
}

function small() {
  const folder = project();
  npm(folder, [manifest.name]);
  const packages = installedPackages(folder);
  const bytes = installedSize(join(folder, 'node_modules'));
  const scripts = packages.filter(({ scripts = {} }) =>
    Object.keys(scripts).some((name) => /^(pre|post)?install$/.test(name)),
  );
  if (packages.length !== 2)
    throw new Error(`${packages.length} packages: ${packages.map(({ name }) => name).join(', ')}`);
  if (bytes >= MAX_INSTALLED) throw new Error(`${bytes} bytes installed, not below ${MAX_INSTALLED}`);
  if (scripts.length > 0) throw new Error('there is an install script');
  for (const path of ['ledger', 'otel', 'replay', 'tokens', 'webhooks', 'sandbox']) {
    // By the folder, as a resolver does that knows no `exports`.
    const loaded = createRequire(join(folder, 'package.json'))(join(folder, 'node_modules', manifest.name, path));
    if (Object.keys(loaded).length === 0) throw new Error(`${manifest.name}/${path} exports nothing`);
  }
  return `${bytes} bytes`;
}

function offline() {
  const folder = project({ type: 'commonjs' });
  // Nothing listens there, and the cache is empty.
  writeFileSync(
    join(folder, '.npmrc'),
    `registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=${mkdtempSync(join(workspace, 'empty-'))}\n`,
  );
  npm(folder, [tarballs[manifest.name], tarballs[packageOf(hostPlatform())]], ['--offline']);
  const loaded = run(process.execPath, ['--print', `Object.keys(require('${manifest.name}')).join()`], { cwd: folder });
  if (!loaded.includes('FintechSDK')) throw new Error(`it exports ${loaded}`);
}

function refusal(flags, words) {
  const folder = project();
  npm(folder, [manifest.name], flags);
  return refuses(folder, words);
}

function missingBinary() {
  const folder = project();
  npm(folder, [manifest.name]);
  rmSync(binaryIn(folder));
  return refuses(folder, 'is not installed');
}

function brokenBinary() {
  const folder = project();
  npm(folder, [manifest.name]);
  writeFileSync(binaryIn(folder), 'not a library');
  return refuses(folder, 'cannot load the package');
}

function binaryIn(folder) {
  return join(folder, 'node_modules', packageOf(hostPlatform()), binaryOf(hostPlatform()));
}

/** Both ways of loading say one sentence with the platform, the package and the fix, and no more. */
function refuses(folder, words) {
  const sentences = [
    ['--eval', `require('${manifest.name}')`],
    ['--input-type=module', '--eval', `import '${manifest.name}'`],
  ].map((args) => {
    const { stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const sentence = /^\[?Error: (.*?)\]?$/m.exec(stderr)?.[1] ?? '';
    for (const part of [hostPlatform(), packageOf(hostPlatform()), words, 'npm install']) {
      if (!sentence.includes(part)) throw new Error(`The message lacks "${part}": ${stderr}`);
    }
    if (status === 0 || /MODULE_NOT_FOUND|Require stack|^ +at .*(node:|node_modules)/m.test(stderr))
      throw new Error(`There is more than a sentence: ${stderr}`);
    return sentence;
  });
  return sentences[0];
}

function publint() {
  const output = run(process.execPath, [
    join(packageTools(), 'publint/src/cli.js'),
    'run',
    tarballs[manifest.name],
    '--strict',
  ]);
  return output.trim().split('\n').at(-1);
}

function attw() {
  run(process.execPath, [
    join(packageTools(), '@arethetypeswrong/cli/dist/index.js'),
    tarballs[manifest.name],
    '--profile',
    'node16',
  ]);
}
