/** The English texts of the plugin: every t('key', 'text') of its sources, as the file that translations are made from. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const source = path.resolve(import.meta.dirname, '../src');

/** @throws Error when a text is not written out, or when one key has two texts */
export function renderTexts() {
  const texts = new Map();
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/(?<!\.test)\.tsx?$/.test(entry.name) || entry.name === 'i18n.ts') continue;
    const file = path.join(entry.parentPath, entry.name);
    collect(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest), texts);
  }
  const tree = {};
  for (const [key, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1)))
    place(tree, key.split('.'), text);
  return `${JSON.stringify(tree, null, 2)}\n`;
}

function collect(node, texts) {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't') {
    const [key, text] = node.arguments;
    if (!ts.isStringLiteralLike(key) || !ts.isStringLiteralLike(text)) {
      throw new Error(
        `t() with a key or text that is not written out, in ${node.getSourceFile?.()?.fileName}`,
      );
    }
    if (texts.has(key.text) && texts.get(key.text) !== text.text) {
      throw new Error(`two texts of "${key.text}": "${texts.get(key.text)}" and "${text.text}"`);
    }
    texts.set(key.text, text.text);
  }
  ts.forEachChild(node, (child) => collect(child, texts));
}

function place(tree, [head, ...rest], text) {
  if (rest.length === 0) tree[head] = text;
  else place((tree[head] ??= {}), rest, text);
}
