import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * The files in a folder and beneath it, as paths from there. No link is followed: one that a spec has made to the
 * checkout would lead in circles.
 */
export function filesBeneath(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
