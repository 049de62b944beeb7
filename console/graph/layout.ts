/** Where each state and each way of a graph is drawn. Borrowed: dagre's layered layout. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { Flow, FlowState, FlowWay } from './flow.ts';

export interface Point {
  x: number;
  y: number;
}

/** `x` and `y` are the centre. */
export interface Placed extends Point {
  width: number;
  height: number;
}

export type PlacedState = FlowState & Placed;

export interface PlacedWay extends FlowWay {
  /** From the border of the one state to that of the other. */
  points: Point[];
  /** Where its label stands; null without a label. */
  at: Placed | null;
}

export interface Plan {
  width: number;
  height: number;
  states: PlacedState[];
  ways: PlacedWay[];
}

/** In CSS pixels; the text's size is graph.css's. Wide enough for the widest letters of its font. */
const LETTER = 8;
const LABEL_LETTER = 6.2;
const STATE_HEIGHT = 44;
const LABEL_HEIGHT = 16;
const MARGIN = 16;

const LONGEST_LINE = 10;

/** Errors are told from each other in the state's details; here the way matters. */
const LONGEST_LABEL = 24;

export function shortened(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

/** A long name on two lines, broken before the capital letter that is nearest to its middle. */
export function linesOf(name: string): string[] {
  const breaks = [...name.matchAll(/(?<=[a-z0-9])(?=[A-Z])/g)].map(({ index }) => index);
  if (name.length <= LONGEST_LINE || breaks.length === 0) return [name];
  const middle = breaks.reduce((best, at) =>
    Math.abs(at - name.length / 2) < Math.abs(best - name.length / 2) ? at : best,
  );
  return [name.slice(0, middle), name.slice(middle)];
}

/** The same flow gives the same plan. */
export function planOf({ states, ways }: Flow): Plan {
  const graph = new graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 14, edgesep: 8, ranksep: 26, marginx: MARGIN, marginy: MARGIN });
  for (const { name } of states) {
    const longest = Math.max(...linesOf(name).map((line) => line.length));
    graph.setNode(name, { width: Math.round(longest * LETTER) + 28, height: STATE_HEIGHT });
  }
  for (const { from, to, kind, label } of ways) {
    const text = kind === 'CATCH' ? '' : shortened(label);
    graph.setEdge(
      from,
      to,
      {
        // What goes well is drawn straight, and what goes wrong around it.
        weight: kind === 'NEXT' ? 8 : kind === 'CATCH' ? 1 : 2,
        labelpos: 'c',
        width: text === '' ? 0 : Math.round(text.length * LABEL_LETTER) + 8,
        height: text === '' ? 0 : LABEL_HEIGHT,
      },
      kind,
    );
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<Placed>;
  return {
    width,
    height,
    states: states.map((state) => ({ ...state, ...(graph.node(state.name) as Placed) })),
    ways: ways.map((way) => {
      const placed = graph.edge(way.from, way.to, way.kind) as Placed & { points: Point[] };
      const { points, x, y } = placed;
      return { ...way, points, at: way.label === '' ? null : { x, y, width: placed.width, height: placed.height } };
    }),
  };
}
