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
const LETTER = 7.4;
const LABEL_LETTER = 6.2;
const STATE_HEIGHT = 44;
const LABEL_HEIGHT = 16;
const MARGIN = 16;

/** Errors are told from each other in the state's details; here the way matters. */
const LONGEST_LABEL = 24;

export function shortened(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

/** The same flow gives the same plan. */
export function planOf({ states, ways }: Flow): Plan {
  const graph = new graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, edgesep: 14, ranksep: 34, marginx: MARGIN, marginy: MARGIN });
  for (const { name } of states) {
    graph.setNode(name, { width: Math.max(96, Math.round(name.length * LETTER) + 44), height: STATE_HEIGHT });
  }
  for (const { from, to, kind, label } of ways) {
    const text = shortened(label);
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
