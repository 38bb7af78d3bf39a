// This machine, and what an install has put on it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The platform whose package npm chooses here. */
export function hostPlatform() {
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl';
  const abi = { linux: `-${libc}`, win32: '-msvc' }[process.platform] ?? '';
  return `${process.platform}-${process.arch}${abi}`;
}

/** The manifests in a project's `node_modules`. */
export function installedPackages(folder) {
  const modules = join(folder, 'node_modules');
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .map((name) => JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')));
}

/** The bytes of a folder's files. */
export function installedSize(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.path, entry.name)).size, 0);
}
