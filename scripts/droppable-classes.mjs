/**
 * A class that nobody uses can be left out of a program's bundle; not so, for bundlers, if making it may do something: if it
 * has a static block, or a name that must be computed (`[inspect.custom]`). Such a class is made by a function of its own,
 * of which it is said that it can be left out with what it gives. All classes of ours can.
 */
import ts from 'typescript';

const { factory } = ts;

const isWellKnown = ({ expression }) =>
  ts.isPropertyAccessExpression(expression) &&
  ts.isIdentifier(expression.expression) &&
  expression.expression.text === 'Symbol';

const mayDoSomething = (member) =>
  ts.isClassStaticBlockDeclaration(member) ||
  (member.name !== undefined &&
    ts.isComputedPropertyName(member.name) &&
    !isWellKnown(member.name));

/** `const Lock = (() => ({ Lock: class { ... } }).Lock)()`: a name that comes from a property stays when a bundler renames. */
function madeByFunction(declared) {
  const { name, heritageClauses, members, modifiers } = declared;
  const made = factory.createClassExpression([], undefined, [], heritageClauses, members);
  const holder = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment(name, ts.setTextRange(made, declared)),
  ]);
  const held = factory.createPropertyAccessExpression(
    factory.createParenthesizedExpression(holder),
    name,
  );
  const fn = factory.createArrowFunction([], [], [], undefined, undefined, held);
  const call = factory.createCallExpression(factory.createParenthesizedExpression(fn), [], []);
  ts.addSyntheticLeadingComment(call, ts.SyntaxKind.MultiLineCommentTrivia, ' @__PURE__ ');
  const variable = factory.createVariableDeclaration(name, undefined, undefined, call);
  const list = factory.createVariableDeclarationList([variable], ts.NodeFlags.Const);
  const statement = factory.createVariableStatement(modifiers, list);
  return ts.setCommentRange(ts.setOriginalNode(statement, declared), ts.getCommentRange(declared));
}

/** A transformer for the compiler, after its own. */
export const droppableClasses = () => (file) => {
  const statements = file.statements.map((statement) =>
    ts.isClassDeclaration(statement) && statement.members.some(mayDoSomething)
      ? madeByFunction(statement)
      : statement,
  );
  return factory.updateSourceFile(file, statements);
};
