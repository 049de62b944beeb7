/** Finds the operation of the contract that a request asks for. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { OPERATIONS, type OperationName } from './contract.ts';
import { adminProblem } from './problems.ts';

const PATHS = [...new Set(Object.values(OPERATIONS).map(({ path }) => path))].map((path) => ({
  path,
  pattern: new URLPattern({ pathname: path.replaceAll(/\{(\w+)\}/g, ':$1') }),
}));
const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** The operation that is asked for, with its path's parameters. Problems 404, 405. */
export function routed({ rawPath = '', requestContext }: APIGatewayProxyEventV2) {
  for (const { path, pattern } of PATHS) {
    const found = pattern.exec({ pathname: rawPath });
    if (found === null) continue;
    const here = NAMES.filter((name) => OPERATIONS[name].path === path);
    const name = here.find((each) => OPERATIONS[each].method === requestContext?.http?.method);
    if (name === undefined) {
      const allow = here.map((each) => OPERATIONS[each].method).join(', ');
      throw adminProblem('method-not-allowed', { headers: { allow } });
    }
    return { name, parameters: found.pathname.groups as Record<string, string> };
  }
  throw adminProblem('not-found');
}
