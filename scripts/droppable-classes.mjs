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

function madeByFunction(made) {
  const { name, heritageClauses, members, modifiers } = made;
  const inner = factory.updateClassDeclaration(made, [], name, [], heritageClauses, members);
  ts.setEmitFlags(inner, ts.EmitFlags.NoLeadingComments);
  const body = factory.createBlock([inner, factory.createReturnStatement(name)], true);
  const fn = factory.createArrowFunction([], [], [], undefined, undefined, body);
  const call = factory.createCallExpression(factory.createParenthesizedExpression(fn), [], []);
  ts.addSyntheticLeadingComment(call, ts.SyntaxKind.MultiLineCommentTrivia, ' @__PURE__ ');
  const variable = factory.createVariableDeclaration(name, undefined, undefined, call);
  const list = factory.createVariableDeclarationList([variable], ts.NodeFlags.Const);
  const statement = factory.createVariableStatement(modifiers, list);
  return ts.setCommentRange(ts.setOriginalNode(statement, made), ts.getCommentRange(made));
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
