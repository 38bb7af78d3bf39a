import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'page');
const loaded = new Map<string, string>();

/** A file of the page, read when first asked for. */
export function asset(name: string): string {
  let content = loaded.get(name);
  if (content === undefined) loaded.set(name, (content = readFileSync(join(FOLDER, name), 'utf8')));
  return content;
}
