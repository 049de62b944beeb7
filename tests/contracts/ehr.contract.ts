/**
 * What every implementation of the Ehr port must do, in the procedure's words. A vendor's adapter ships when it passes
 * this suite against a chart of its own; nothing here knows FHIR.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { type ChartUnderTest, patientsOf } from './chart-under-test.ts';
import { describeListing } from './ehr-listing.ts';
import { describeMessages } from './ehr-messages.ts';
import { describePickup } from './ehr-pickup.ts';
import { describeReading } from './ehr-reading.ts';
import { describeSigning } from './ehr-signing.ts';
import { describeUpdating } from './ehr-updating.ts';

export function describeEhr(name: string, make: () => Promise<ChartUnderTest>): void {
  describe(`Ehr: ${name}`, () => {
    let made: ChartUnderTest;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(() => made.close());
    const chart = () => made;
    for (const describePart of [
      describeReading,
      describeListing,
      describeUpdating,
      describeSigning,
      describeMessages,
      describePickup,
    ]) {
      describePart(chart, patientsOf(chart));
    }
  });
}
