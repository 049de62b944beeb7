/** A state machine as a picture, with the way that an execution took. Each state can be reached and chosen by keyboard. */
import './graph.css';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Flow } from './flow.ts';
import { linesOf, type PlacedState, type PlacedWay, planOf, shortened } from './layout.ts';
import type { Mark, StateTrace, Trace } from './trace.ts';

/** Text for screen readers, and a symbol, drawn around its center, so that color is not the only cue. */
const MARKS: Record<Mark, { words: string; sign: string }> = {
  UNTOUCHED: { words: 'not reached', sign: '' },
  RUNNING: { words: 'running', sign: 'M-4 0h.1M0 0h.1M4 0h.1' },
  SUCCEEDED: { words: 'succeeded', sign: 'M-4 0L-1 3L4 -3' },
  FAILED: { words: 'failed', sign: 'M-3 -3L3 3M3 -3L-3 3' },
  STOPPED: { words: 'stopped', sign: 'M-2 -3V3M2 -3V3' },
};

interface Props {
  name: string;
  flow: Flow;
  trace: Trace;
  /** Name of the state with open details, or null. */
  chosen: string | null;
  choose: (state: string) => void;
}

export default function Graph({ name, flow, trace, chosen, choose }: Props) {
  const plan = useMemo(() => planOf(flow), [flow]);
  const arrow = useId();
  const order = useMemo(() => readingOrder(plan.states), [plan]);
  const [current, setCurrent] = useState(chosen ?? order[0] ?? '');
  const elements = useRef(new Map<string, HTMLButtonElement>());
  const pane = useRef<HTMLElement>(null);
  const last = trace.visits.at(-1)?.state;
  // Where it stands is what one looks for; on a small screen it may be out of sight.
  useEffect(() => {
    const element = last === undefined ? undefined : elements.current.get(last);
    if (element === undefined || pane.current === null) return;
    const [box, view] = [element.getBoundingClientRect(), pane.current.getBoundingClientRect()];
    pane.current.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2;
  }, [last]);
  const move = (event: KeyboardEvent, from: string) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = order[(order.indexOf(from) + step + order.length) % order.length];
    if (next === undefined) return;
    setCurrent(next);
    elements.current.get(next)?.focus();
  };
  return (
    <figure
      className="graph"
      ref={pane}
      aria-label={`${name}, ${describe(trace)} Arrow keys move between states, Enter shows one.`}
    >
      <svg
        viewBox={`0 0 ${plan.width} ${plan.height}`}
        style={{ maxWidth: plan.width, minWidth: Math.min(plan.width, 600) }}
      >
        <title>{`State machine ${name}`}</title>
        <defs>
          {['', '-taken', '-caught'].map((kind) => (
            <marker
              key={kind}
              id={`${arrow}${kind}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" className={`graph-arrow${kind}`} />
            </marker>
          ))}
        </defs>
        {[...plan.ways]
          .sort((a, b) => Number(isTaken(trace, a)) - Number(isTaken(trace, b)))
          .map((way) => (
            <Way key={`${way.from} ${way.to} ${way.kind}`} way={way} taken={isTaken(trace, way)} arrow={arrow} />
          ))}
        {plan.states.map((state) => (
          <State
            key={state.name}
            state={state}
            trace={trace.states.get(state.name)}
            isChosen={state.name === chosen}
            isCurrent={state.name === current}
            refer={(element) => {
              if (element === null) elements.current.delete(state.name);
              else elements.current.set(state.name, element);
            }}
            choose={() => {
              setCurrent(state.name);
              choose(state.name);
            }}
            move={(event) => move(event, state.name)}
          />
        ))}
      </svg>
    </figure>
  );
}

/** Top to bottom, then left to right. */
function readingOrder(states: readonly PlacedState[]): string[] {
  return states.toSorted((a, b) => a.y - b.y || a.x - b.x).map(({ name }) => name);
}

function isTaken({ taken }: Trace, way: PlacedWay): boolean {
  for (const each of taken) if (each.from === way.from && each.to === way.to && each.kind === way.kind) return true;
  return false;
}

function describe({ visits }: Trace): string {
  return visits.length === 0 ? 'no state entered.' : `path taken: ${visits.map(({ state }) => state).join(', ')}.`;
}

function Way({ way, taken, arrow }: { way: PlacedWay; taken: boolean; arrow: string }) {
  const kind = !taken ? '' : way.kind === 'CATCH' ? '-caught' : '-taken';
  const classes = ['graph-way', way.kind === 'CATCH' ? 'graph-way-catch' : '', taken ? 'graph-way-taken' : ''];
  return (
    <g className={classes.filter(Boolean).join(' ')}>
      <path d={pathOf(way)} markerEnd={`url(#${arrow}${kind})`} />
      {way.at === null || way.at.width === 0 ? null : (
        <text x={way.at.x} y={way.at.y + 4}>
          {shortened(way.label)}
        </text>
      )}
    </g>
  );
}

const CORNER = 12;

/** The points with their corners rounded. */
function pathOf({ points }: PlacedWay): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  let from = first;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) {
      path += `L${point.x} ${point.y}`;
      return;
    }
    const [before, after] = [towards(point, from), towards(point, next)];
    path += `L${before.x} ${before.y}Q${point.x} ${point.y} ${after.x} ${after.y}`;
    from = point;
  });
  return path;
}

function towards(from: { x: number; y: number }, to: { x: number; y: number }): { x: number; y: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.min(0.5, CORNER / (Math.hypot(dx, dy) || 1));
  return { x: from.x + dx * share, y: from.y + dy * share };
}

interface StateProps {
  state: PlacedState;
  trace: StateTrace | undefined;
  isChosen: boolean;
  isCurrent: boolean;
  refer: (element: HTMLButtonElement | null) => void;
  choose: () => void;
  move: (event: KeyboardEvent) => void;
}

function State({ state, trace, isChosen, isCurrent, refer, choose, move }: StateProps) {
  const { name, type, x, y, width, height } = state;
  const mark = trace?.mark ?? 'UNTOUCHED';
  const retries = trace?.retries ?? 0;
  const visits = trace?.visits.length ?? 0;
  const lines = linesOf(name);
  const isChoice = type === 'Choice';
  const said = [
    MARKS[mark].words,
    retries > 0 ? `after ${retries} ${retries === 1 ? 'retry' : 'retries'}` : '',
    visits > 1 ? `entered ${visits} times` : '',
  ];
  return (
    <g className={`graph-state graph-${mark.toLowerCase()}`}>
      <foreignObject x={x - width / 2} y={y - height / 2} width={width} height={height}>
        <button
          type="button"
          ref={refer}
          tabIndex={isCurrent ? 0 : -1}
          aria-pressed={isChosen}
          aria-label={`${name}, ${type}, ${said.filter(Boolean).join(', ')}`}
          className={isChoice ? 'graph-choice' : undefined}
          onClick={choose}
          onKeyDown={move}
        >
          {lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </button>
      </foreignObject>
      {mark === 'UNTOUCHED' ? null : (
        <g className="graph-sign" transform={`translate(${x - width / 2 + 3} ${y - height / 2 + 3})`}>
          <circle r={9} />
          <path d={MARKS[mark].sign} />
        </g>
      )}
      {retries === 0 ? null : (
        <g className="graph-retries" transform={`translate(${x + width / 2 - 16} ${y - height / 2})`}>
          <rect x={-26} y={-9} width={52} height={18} rx={9} />
          <text y={4}>{retries === 1 ? '1 retry' : `${retries} retries`}</text>
        </g>
      )}
    </g>
  );
}
