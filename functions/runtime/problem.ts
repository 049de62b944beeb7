/**
 * Errors over HTTP as problem documents (RFC 9457): what is wrong and the way out, never what was sent. Each endpoint
 * has a table of its own.
 */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** An endpoint's problems by name, which is the last part of the document's `type`. */
export type ProblemTexts = Record<string, ProblemText>;
type ProblemText = readonly [status: number, title: string, detail: string];

export interface ProblemMore {
  headers?: Record<string, string>;
  /** Where in the body, as a JSON Pointer, or which parameter of the query; and what must stand there. */
  errors?: { pointer?: string; parameter?: string; detail: string }[];
  /** Further members of the document. */
  members?: Record<string, unknown>;
}

/** Ends a request with a problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** Name in its endpoint's table. */
  readonly problem: string;
  readonly text: ProblemText;
  readonly more: ProblemMore;
  constructor(problem: string, text: ProblemText, more: ProblemMore) {
    super(problem);
    this.problem = problem;
    this.text = text;
    this.more = more;
  }
}

/** What makes the problems of a table, to be thrown. */
export function problemsOf<Name extends string>(texts: Record<Name, ProblemText>) {
  return (name: Name, more: ProblemMore = {}): Problem => new Problem(name, texts[name], more);
}

/** The `type` of a problem: a name, and no page that could be visited. */
export function problemType(name: string): string {
  return `https://portal-pin.example/problems/${name}`;
}

export function problemAnswer({ problem, text, more }: Problem): APIGatewayProxyStructuredResultV2 {
  const [status, title, detail] = text;
  const { errors, members } = more;
  const document = { type: problemType(problem), title, status, detail, ...(errors && { errors }), ...members };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...more.headers },
    body: JSON.stringify(document),
  };
}
