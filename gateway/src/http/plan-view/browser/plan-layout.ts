import type {
  DeferredDescription,
  FetchDescription,
  PlanDescription,
  PlanNodeDescription,
} from '../../../execution/describe-plan.ts';

/** Sizes in CSS pixels. */
export const BOX = { width: 224, height: 88 } as const;
const GAP = { x: 56, y: 18 } as const;
const MARGIN = 14;
/** Room above a frame's content for its title. */
const TITLE = 22;
const FRAME = 10;
/** The circle at which the operation starts. */
export const START = { x: MARGIN + 8, radius: 8 } as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A fetch at its place. */
export interface FetchBox extends Point {
  readonly fetch: FetchDescription;
  /** True for a fetch of an outcome that the condition did not choose. */
  readonly isSkipped: boolean;
  /** The deferred part that it belongs to; undefined in the initial result. */
  readonly deferred: string | undefined;
}

/** A line between fetches; one of several to several meets in a point. */
interface Edge {
  readonly from: Point;
  readonly to: Point;
  readonly isDeferred: boolean;
}

/** The border around a deferred part, or around the outcome of a condition. */
interface Frame extends Point {
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

export interface PlanLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly FetchBox[];
  readonly edges: readonly Edge[];
  readonly frames: readonly Frame[];
  readonly start: Point;
  /** The fetches that directly precede each fetch, by their numbers. */
  readonly predecessors: ReadonlyMap<number, readonly number[]>;
}

/** A laid out part of the plan, whose top left corner is the origin. */
interface Part {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly FetchBox[];
  readonly edges: readonly Edge[];
  readonly frames: readonly Frame[];
  /** The fetches with which it begins and ends. */
  readonly entries: readonly FetchBox[];
  readonly exits: readonly FetchBox[];
}

interface Scope {
  readonly isSkipped: boolean;
  readonly deferred: string | undefined;
}

/** Lays a plan out from left to right: a sequence in columns, parallel parts in rows. */
export function layoutPlan({ node }: PlanDescription): PlanLayout {
  const predecessors = new Map<number, number[]>();
  const part = new Layout(predecessors).part(node, { isSkipped: false, deferred: undefined });
  const origin = { x: MARGIN + START.radius * 2 + GAP.x, y: MARGIN };
  const placed = moved(part, origin);
  const start = { x: START.x, y: origin.y + part.height / 2 };
  return {
    width: origin.x + part.width + MARGIN,
    height: part.height + 2 * MARGIN,
    boxes: placed.boxes,
    edges: [
      ...placed.entries.map((box) => ({
        from: { ...start, x: start.x + START.radius },
        to: entryOf(box),
        isDeferred: false,
      })),
      ...placed.edges,
    ],
    frames: placed.frames,
    start,
    predecessors,
  };
}

class Layout {
  readonly #predecessors: Map<number, number[]>;

  constructor(predecessors: Map<number, number[]>) {
    this.#predecessors = predecessors;
  }

  part(node: PlanNodeDescription | null, scope: Scope): Part {
    switch (node?.kind) {
      case 'Fetch': {
        const box = { x: 0, y: 0, fetch: node, ...scope };
        return { ...BOX, boxes: [box], edges: [], frames: [], entries: [box], exits: [box] };
      }
      case 'Sequence':
        return node.nodes
          .map((child) => this.part(child, scope))
          .reduce((before, after) => this.#sequence(before, after));
      case 'Parallel':
        return stack(node.nodes.map((child) => this.part(child, scope)));
      case 'Condition': {
        const outcomes = [
          { value: true, clause: node.ifClause },
          { value: false, clause: node.elseClause },
        ].filter(({ clause }) => clause !== null);
        return stack(
          outcomes.map(({ value, clause }) => {
            const isSkipped = scope.isSkipped || value !== node.value;
            return framed(this.part(clause, { ...scope, isSkipped }), `if $${node.variable} is ${value}`);
          }),
        );
      }
      case 'Defer': {
        const primary = this.part(node.primary, scope);
        const parts = node.deferred.filter((block) => block.node !== null).map((block) => this.#deferred(block, scope));
        return this.#withDeferred(
          primary,
          node.deferred.filter((block) => block.node !== null),
          parts,
        );
      }
      default:
        return EMPTY;
    }
  }

  #deferred(block: DeferredDescription, scope: Scope): Part {
    const name = block.label ?? (block.path.join('.') || 'the operation');
    return framed(this.part(block.node, { ...scope, deferred: name }), `deferred: ${name}`);
  }

  /** Places deferred parts behind the fetches on which they depend. */
  #withDeferred(primary: Part, blocks: readonly DeferredDescription[], parts: readonly Part[]): Part {
    if (parts.length === 0) return primary;
    const deferred = stack(parts);
    const height = Math.max(primary.height, deferred.height);
    const left = moved(primary, { x: 0, y: (height - primary.height) / 2 });
    const right = moved(deferred, {
      x: primary.width + (primary.width > 0 ? GAP.x : 0),
      y: (height - deferred.height) / 2,
    });
    const edges: Edge[] = [];
    let first = 0;
    for (const [index, part] of parts.entries()) {
      const entries = right.entries.slice(first, first + part.entries.length);
      first += part.entries.length;
      const depends = new Set(blocks[index]?.depends);
      const sources = left.boxes.filter(({ fetch }) => depends.has(fetch.id));
      edges.push(...this.#connect(sources, entries, true));
    }
    return {
      width: primary.width + (primary.width > 0 ? GAP.x : 0) + deferred.width,
      height,
      boxes: [...left.boxes, ...right.boxes],
      edges: [...left.edges, ...right.edges, ...edges],
      frames: [...left.frames, ...right.frames],
      entries: left.entries,
      exits: left.exits,
    };
  }

  #sequence(before: Part, after: Part): Part {
    const height = Math.max(before.height, after.height);
    const left = moved(before, { x: 0, y: (height - before.height) / 2 });
    const right = moved(after, { x: before.width + GAP.x, y: (height - after.height) / 2 });
    return {
      width: before.width + GAP.x + after.width,
      height,
      boxes: [...left.boxes, ...right.boxes],
      edges: [...left.edges, ...right.edges, ...this.#connect(left.exits, right.entries, false)],
      frames: [...left.frames, ...right.frames],
      entries: left.entries,
      exits: right.exits,
    };
  }

  #connect(from: readonly FetchBox[], to: readonly FetchBox[], isDeferred: boolean): Edge[] {
    for (const { fetch } of to) {
      const known = this.#predecessors.get(fetch.id) ?? [];
      this.#predecessors.set(fetch.id, [...known, ...from.map((box) => box.fetch.id)]);
    }
    if (from.length < 2 || to.length < 2) {
      return from.flatMap((box) => to.map((next) => ({ from: exitOf(box), to: entryOf(next), isDeferred })));
    }
    const ends = [...from.map(exitOf), ...to.map(entryOf)];
    const meeting = {
      x: (Math.max(...from.map((box) => exitOf(box).x)) + Math.min(...to.map((box) => box.x))) / 2,
      y: ends.reduce((sum, { y }) => sum + y, 0) / ends.length,
    };
    return [
      ...from.map((box) => ({ from: exitOf(box), to: meeting, isDeferred })),
      ...to.map((box) => ({ from: meeting, to: entryOf(box), isDeferred })),
    ];
  }
}

const EMPTY: Part = { width: 0, height: 0, boxes: [], edges: [], frames: [], entries: [], exits: [] };

const entryOf = ({ x, y }: Point): Point => ({ x, y: y + BOX.height / 2 });
const exitOf = ({ x, y }: Point): Point => ({ x: x + BOX.width, y: y + BOX.height / 2 });

/** Stacks parts in rows. */
function stack(parts: readonly Part[]): Part {
  let height = 0;
  const placed = parts.map((part) => {
    const y = height === 0 ? 0 : height + GAP.y;
    height = y + part.height;
    return moved(part, { x: 0, y });
  });
  return {
    width: Math.max(0, ...parts.map(({ width }) => width)),
    height,
    boxes: placed.flatMap(({ boxes }) => boxes),
    edges: placed.flatMap(({ edges }) => edges),
    frames: placed.flatMap(({ frames }) => frames),
    entries: placed.flatMap(({ entries }) => entries),
    exits: placed.flatMap(({ exits }) => exits),
  };
}

function framed(part: Part, title: string): Part {
  const inner = moved(part, { x: FRAME, y: TITLE });
  const size = { width: part.width + 2 * FRAME, height: part.height + TITLE + FRAME };
  return { ...inner, ...size, frames: [{ x: 0, y: 0, ...size, title }, ...inner.frames] };
}

function moved(part: Part, by: Point): Part {
  const move = <T extends Point>(point: T): T => ({ ...point, x: point.x + by.x, y: point.y + by.y });
  const boxes = new Map(part.boxes.map((box) => [box, move(box)]));
  const found = (box: FetchBox) => boxes.get(box) ?? [];
  return {
    ...part,
    boxes: [...boxes.values()],
    edges: part.edges.map((edge) => ({ ...edge, from: move(edge.from), to: move(edge.to) })),
    frames: part.frames.map(move),
    entries: part.entries.flatMap(found),
    exits: part.exits.flatMap(found),
  };
}
