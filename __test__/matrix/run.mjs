// `npm run faults`: the fault matrix and what is measured beside it. Writes docs/records/safety.md; exits with
// 1 when a requirement does not hold.
//
//   npm run faults -- azampay pay    only the cells whose names hold every word; writes nothing
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRelease, provenance, root } from './addon.mjs';
import { page } from './report.mjs';
import { shows } from './watch.mjs';

const words = process.argv.slice(2);
console.error('Building in release (the first time takes some minutes)');
const addon = buildRelease();
const built = provenance();

// The library runs in a process of its own, so that all it writes can be searched.
const child = spawn(process.execPath, [fileURLToPath(new URL('main.mjs', import.meta.url)), ...words], {
  cwd: root,
  env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: addon, RUST_LOG: 'trace', RUST_BACKTRACE: '1' },
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
});
const written = { stdout: '', stderr: '' };
child.stdout.on('data', (data) => (written.stdout += data));
child.stderr.on('data', (data) => (written.stderr += data));
let run;
child.on('message', (message) => {
  if (message.progress) process.stderr.write(`\r${message.progress}   `);
  else run = message;
});
const [code] = await once(child, 'close');
process.stderr.write('\n');
if (!run) {
  console.error(`The run ended with ${code} and no result.\n${written.stderr}`);
  process.exit(1);
}

const output = written.stdout + written.stderr;
if (shows(output, run.secrets)) run.wrongs.push('a secret or a whole phone number was written to stdout or stderr');
for (const wrong of run.wrongs) console.error(wrong);
const writes = words.length === 0;
if (writes)
  writeFileSync(join(root, 'docs/records/safety.md'), page({ ...run, written: output.length, provenance: built }));
const { cells, measured, seconds } = run;
console.log(
  `${cells.length} cells and ${measured.length} measurements in ${seconds} s: ${run.wrongs.length === 0 ? 'every requirement holds' : `${run.wrongs.length} wrong`}${writes ? '; docs/records/safety.md written' : ''}`,
);
process.exitCode = run.wrongs.length > 0 ? 1 : 0;
