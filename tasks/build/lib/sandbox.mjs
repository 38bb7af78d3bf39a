import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** What Node is to run, in the checkout, to compile the sandbox into `dist`. */
export const compilerOf = (dist) => ['node_modules/typescript-latest/bin/tsc', '-p', 'sandbox', '--outDir', dist];

/**
 * Leaves of the compiled sandbox's declarations what the exports of `index.d.ts` lead to, without what a fault is
 * about: its words stand in the code, and no type needs them.
 */
export function keepPublicTypes(dist) {
  // Once it is used: a fresh clone has it only when the packages are installed.
  const ts = createRequire(import.meta.url)('typescript');
  const paths = readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => resolve(dist, name));
  const program = ts.createProgram(paths, { module: ts.ModuleKind.Node16, types: [] });
  const checker = program.getTypeChecker();
  const files = new Map(paths.map((path) => [program.getSourceFile(path), path]));

  const kept = new Set();
  const statementOf = (node) => (ts.isSourceFile(node.parent) ? node : statementOf(node.parent));
  const follow = (symbol) => {
    for (const declaration of symbol?.declarations ?? []) {
      const statement = files.has(declaration.getSourceFile()) ? statementOf(declaration) : undefined;
      // Of an import each name counts by itself.
      const part = statement && ts.isImportDeclaration(statement) ? declaration : statement;
      if (part === undefined || kept.has(part)) continue;
      kept.add(part);
      visit(part);
    }
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) follow(checker.getImmediateAliasedSymbol(symbol));
  };
  const visit = (node) => {
    if (ts.isIdentifier(node)) follow(checker.getSymbolAtLocation(node));
    ts.forEachChild(node, visit);
  };
  const index = program.getSourceFile(resolve(dist, 'index.d.ts'));
  checker.getExportsOfModule(checker.getSymbolAtLocation(index)).forEach(follow);

  const importOf = ({ importClause, moduleSpecifier }) => {
    const names = (importClause?.namedBindings?.elements ?? []).filter((name) => kept.has(name));
    if (names.length === 0) return '';
    return `import type { ${names.map((name) => name.getText().replace(/^type /, '')).join(', ')} } from ${moduleSpecifier.getText()};`;
  };
  for (const [file, path] of files) {
    const texts = file.statements.map((statement) => {
      if (ts.isImportDeclaration(statement)) return importOf(statement);
      return kept.has(statement) ? statement.getFullText().trim() : '';
    });
    const text = texts.filter(Boolean).join('\n');
    if (text === '') rmSync(path);
    else writeFileSync(path, `${text}\n`.replace(/about: (['"]).*\1;$/gm, 'about: string;'));
  }
}
