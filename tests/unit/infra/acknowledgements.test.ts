import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import type * as module from '../../../infra/acknowledgements.ts';
import { readDeployment } from '../../../infra/deployment.ts';
import { namesOf } from '../../../infra/names.ts';
import { built, EXAMPLE } from '../../support/infra/synthesized.ts';

// The app without its acknowledgements, so that every finding shows.
vi.mock('../../../infra/acknowledgements.ts', () => ({ acknowledge: () => undefined }));
const { acknowledgementsOf } = await vi.importActual<typeof module>('../../../infra/acknowledgements.ts');
const ACKNOWLEDGEMENTS = acknowledgementsOf(namesOf('portal-pin'), readDeployment(EXAMPLE));

describe('cdk-nag', () => {
  it('finds what is acknowledged and nothing else: no finding is open, no acknowledgement is idle', () => {
    const { app } = built();
    const reports = [new AwsSolutionsChecks(app), new HIPAASecurityChecks(app)].map((pack) => pack.validateScope(app));
    const found = reports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath = '' }) => {
          const path = constructPath.replace(/^portal-pin-/, '').replace(/\/Resource$/, '');
          return `${ruleName} at ${path}`;
        }),
      ),
    );
    const acknowledged = ACKNOWLEDGEMENTS.flatMap(({ rule, constructs }) =>
      constructs.map((path) => `${rule} at ${path}`),
    );
    expect(found.length).toBeGreaterThan(50);
    expect(found.toSorted()).toEqual(acknowledged.toSorted());
  });

  it.each(ACKNOWLEDGEMENTS)('$rule is acknowledged for a reason', ({ reason }) => {
    expect(reason.length).toBeGreaterThan(60);
  });
});
