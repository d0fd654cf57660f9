import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

const COMPARISONS = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'EqlC', 'EqlSingle', 'Neq']);
const SETS = new Set(['And', 'Or', 'Unless']);

/**
 * Returns the parts of an alert's expression that have series while all is well: the operands of its comparisons, and the arguments of
 * `absent`. The expression itself has none until it fires.
 *
 * @throws Error for an expression that is not PromQL
 */
export function operandsOf(expression: string): string[] {
  const tree = parser.parse(expression);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`Not PromQL at ${from}: ${expression}`);
    },
  });
  const [root] = children(tree.topNode);
  return root === undefined ? [] : partsOf(root, expression);
}

function partsOf(node: SyntaxNode, text: string): string[] {
  const its = children(node);
  const own = text.slice(node.from, node.to);
  if (node.name === 'ParenExpr') return its.flatMap((child) => partsOf(child, text));
  if (node.name === 'NumberDurationLiteral' || node.name === 'NumberLiteral') return [];
  if (node.name === 'BinaryExpr') {
    const isSplit = its.some(({ name }) => COMPARISONS.has(name) || SETS.has(name));
    if (!isSplit) return [own];
    const [left, right] = [its[0], its.at(-1)];
    return [left, right].flatMap((side) => (side === undefined ? [] : partsOf(side, text)));
  }
  if (node.name === 'FunctionCall' && own.startsWith('absent')) {
    return [own.slice(own.indexOf('(') + 1, own.lastIndexOf(')'))];
  }
  return [own];
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
