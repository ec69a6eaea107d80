/**
 * `node scripts/check-examples.mjs [--json] [entries]`: every public name of the published packages has a comment, and an
 * example that compiles.
 *
 * `npm run docs` compiles the blocks under `@example`; here it is asked who has one:
 *
 * - a function, class or constant that a package exports has an `@example` of its own;
 * - a public member of such a class is used in an example: its own, or one of the class or of its relatives (what it
 *   extends and implements, what extends it, and so on). What an interface asks for needs no example in each class that
 *   has it, if the interface has one: `Selector` is for whoever writes a selector;
 * - a type is named in some example, or stands in the signature of a name that has one;
 * - a name or member has a comment, or what it comes from has.
 *
 * A package is asked about what it declares; what it re-exports is asked of the floor below. `entries` (`.../src/index.ts`) are
 * looked at in place of the packages'.
 */
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { packages, root } from './house.mjs';

const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const published = packages
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ path }) => join(path, 'src', 'index.ts'));
const entries = named.length > 0 ? named.map((file) => resolve(file)) : published;

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(
  { ...config, files: [], include: undefined },
  ts.sys,
  root,
);
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

/** A declaration and, of overloads and merged declarations, all of its sisters. */
const declarations = (symbol) => symbol?.declarations ?? [];

/** The comment of a declaration: that of `const f = ...` stands above the whole statement. */
const tagsOf = (declaration) => ts.getJSDocTags(declaration);

const hasTag = (symbol, name) =>
  declarations(symbol).some((d) => tagsOf(d).some((tag) => tag.tagName.text === name));

const examplesOf = (symbol) =>
  declarations(symbol)
    .flatMap(tagsOf)
    .filter((tag) => tag.tagName.text === 'example')
    .map((tag) => ts.getTextOfJSDocComment(tag.comment) ?? '')
    .flatMap((text) => [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code));

/** The words a piece of code uses; not those of its comments and strings. */
function words(code) {
  const found = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest));
  return found;
}

/** @returns {ts.Symbol} what an import or export stands for */
const real = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const isClass = (symbol) => (symbol.flags & ts.SymbolFlags.Class) !== 0;
const isType = (symbol) => (symbol.flags & ts.SymbolFlags.Value) === 0;

/** What a class says it extends and implements, and what those do. */
function parents(symbol, seen = new Set()) {
  for (const declaration of declarations(symbol)) {
    for (const clause of declaration.heritageClauses ?? []) {
      for (const { expression } of clause.types) {
        const parent = checker.getSymbolAtLocation(expression);
        if (parent === undefined) continue;
        const found = real(parent);
        if (seen.has(found)) continue;
        seen.add(found);
        parents(found, seen);
      }
    }
  }
  return seen;
}

function isPublic(symbol) {
  if (symbol.name.startsWith('_') || symbol.name === 'prototype') return false;
  if (hasTag(symbol, 'internal')) return false;
  return declarations(symbol).every((declaration) => {
    const flags = ts.getCombinedModifierFlags(declaration);
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    const named = declaration.name !== undefined && !ts.isComputedPropertyName(declaration.name);
    return (flags & hidden) === 0 && named && !ts.isPrivateIdentifier(declaration.name);
  });
}

const membersOf = (symbol) =>
  [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])].filter(
    (member) =>
      (member.flags &
        (ts.SymbolFlags.Method | ts.SymbolFlags.Property | ts.SymbolFlags.Accessor)) !==
        0 && isPublic(member),
  );

const place = (symbol) => {
  const [declaration] = declarations(symbol);
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  return `${source.fileName.slice(root.length + 1)}:${line + 1}`;
};

/** The exported symbols, each once, by the package that declares it. */
const exported = new Map();
for (const entry of entries) {
  const source = program.getSourceFile(entry);
  const folder = entry.slice(0, -'src/index.ts'.length);
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
    const target = real(symbol);
    if (!declarations(target)[0]?.getSourceFile().fileName.startsWith(folder)) continue;
    if (symbol.name.startsWith('_') || hasTag(target, 'internal')) continue;
    if (!exported.has(target)) exported.set(target, symbol.name);
  }
}

const classes = [...exported.keys()].filter(isClass);
const ancestors = new Map(classes.map((symbol) => [symbol, parents(symbol)]));

/** A class and all that is related to it by what it extends, as far as the packages export it. */
function family(symbol) {
  const found = new Set([symbol]);
  for (const relative of found) {
    for (const ancestor of ancestors.get(relative) ?? []) {
      if (exported.has(ancestor) && isClass(ancestor)) found.add(ancestor);
    }
    for (const other of classes) if (ancestors.get(other).has(relative)) found.add(other);
  }
  return [...found];
}

/** The members that a class has because an interface with an example asks for them. */
function askedFor(symbol) {
  const names = new Set();
  for (const ancestor of ancestors.get(symbol)) {
    if (!isType(ancestor) || examplesOf(ancestor).length === 0) continue;
    for (const name of ancestor.members.keys()) names.add(name);
  }
  return names;
}

const everyWord = new Set();
/** The types in signatures of names that have examples. */
const shown = new Set();
const showTypes = (symbol) => {
  for (const declaration of declarations(symbol)) {
    const visit = (node) => {
      if (ts.isBlock(node)) return;
      if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
        const named = checker.getSymbolAtLocation(node.typeName ?? node.expression);
        if (named !== undefined) shown.add(real(named));
      }
      ts.forEachChild(node, visit);
    };
    visit(declaration);
  }
};

const missing = [];
const say = (kind, name, symbol) => missing.push({ kind, name, at: place(symbol) });

for (const [symbol, name] of exported) {
  const own = examplesOf(symbol);
  for (const word of own.flatMap((code) => [...words(code)])) everyWord.add(word);
  if (isType(symbol)) continue;
  if (own.length === 0) say('export', name, symbol);
  else showTypes(symbol);
  if (!isClass(symbol)) continue;
  const around = family(symbol);
  const used = new Set(around.flatMap(examplesOf).flatMap((code) => [...words(code)]));
  for (const relative of around) {
    for (const member of relative.members?.values() ?? []) {
      for (const code of examplesOf(member)) for (const word of words(code)) used.add(word);
    }
  }
  for (const word of used) everyWord.add(word);
  for (const name of askedFor(symbol)) used.add(name);
  for (const member of membersOf(symbol)) {
    if (!used.has(member.name)) say('member', `${name}.${member.name}`, member);
  }
}

const hasComment = (symbol) =>
  symbol.getDocumentationComment(checker).length > 0 ||
  declarations(symbol).some((d) => tagsOf(d).length > 0);

/** Whether a member says what it is, or what it comes from does. */
function isDescribed(owner, member) {
  if (hasComment(member)) return true;
  return [...parents(owner)].some((ancestor) => {
    const inherited = ancestor.members?.get(member.escapedName);
    return inherited !== undefined && hasComment(inherited);
  });
}

for (const [symbol, name] of exported) {
  if (!hasComment(symbol)) say('comment', name, symbol);
  if (!isClass(symbol) && (symbol.flags & ts.SymbolFlags.Interface) === 0) continue;
  for (const member of membersOf(symbol)) {
    if (!isDescribed(symbol, member)) say('comment', `${name}.${member.name}`, member);
  }
}

// A type inside a type that is shown is shown as well.
for (let before = -1; before !== shown.size;) {
  before = shown.size;
  for (const symbol of [...shown]) if (isType(symbol) && exported.has(symbol)) showTypes(symbol);
}
for (const [symbol, name] of exported) {
  if (!isType(symbol)) continue;
  const ok = examplesOf(symbol).length > 0 || everyWord.has(name) || shown.has(symbol);
  if (!ok) say('type', name, symbol);
}

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ names: exported.size, missing }));
} else {
  for (const { kind, name, at } of missing)
    console.error(`${at}: no ${kind === 'comment' ? 'comment' : 'example'}: ${kind} ${name}`);
  console.log(`${exported.size} public names, ${missing.length} without an example or a comment`);
}
process.exitCode = missing.length > 0 ? 1 : 0;
