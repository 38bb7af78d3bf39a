/** A method and one or more path templates, such as `/payments/:reference`, or `/webhooks/:id#` for a number. */
export interface Target {
  method: string;
  path: string | readonly string[];
}

export type Params = Record<string, string>;

/** Finds the first route that fits a request. Paths match in any case; a parameter is one part of a path, decoded. */
export class Router<Route extends Target> {
  private readonly compiled: { route: Route; path: RegExp; names: string[] }[];

  constructor(readonly routes: readonly Route[]) {
    this.compiled = routes.flatMap((route) => [route.path].flat().map((path) => ({ route, ...compile(path) })));
  }

  find(method: string, path: string): { route: Route; params: Params } | undefined {
    for (const entry of this.compiled) {
      const found = entry.route.method === method ? entry.path.exec(path) : null;
      if (!found) continue;
      const params = entry.names.map((name, index) => [name, decode(found[index + 1] ?? '')]);
      return { route: entry.route, params: Object.fromEntries(params) };
    }
    return undefined;
  }

  /** Whether a path of these routes may contain `part`, in any case. */
  mayHold(part: string): boolean {
    const asked = part.toLowerCase().split('/');
    // A parameter stands for any text, and so tells nothing by itself.
    const names = asked.some((name) => name !== '');
    const fits = (own: string | undefined, index: number): boolean => {
      if (own === undefined) return false;
      if (own.startsWith(':')) return true;
      const name = asked[index]!;
      const isFirst = index === 0;
      const isLast = index === asked.length - 1;
      if (isFirst) return isLast ? own.includes(name) : own.endsWith(name);
      return isLast ? own.startsWith(name) : own === name;
    };
    return this.routes
      .flatMap(({ path }) => path)
      .some((path) => {
        const parts = path.toLowerCase().split('/');
        return parts.some((_, at) => {
          const tells = asked.some((name, index) => name !== '' && parts[at + index]?.startsWith(':') === false);
          return (tells || !names) && asked.every((_, index) => fits(parts[at + index], index));
        });
      });
  }
}

function compile(template: string): { path: RegExp; names: string[] } {
  const names: string[] = [];
  const pattern = template.replace(/:(\w+)(#?)|[.*+?^${}()|[\]\\]/g, (sign, name?: string, isNumber?: string) => {
    if (!name) return `\\${sign}`;
    names.push(name);
    return isNumber ? '(\\d+)' : '([^/]+)';
  });
  return { path: new RegExp(`^${pattern}$`, 'i'), names };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
