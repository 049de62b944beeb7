/** What the one HTTP API answers, and which function does. A further route is an entry here. */
import type { Policy } from '../../functions/runtime/policy.ts';
import type { Route } from '../constructs/http-api.ts';

export interface RouteEntry {
  /** `POST /webhooks/ehr` */
  key: string;
  /** Name of a function that is called by the API (functions.ts). */
  function: string;
  throttle(policy: Policy): Route['throttle'];
}

/** Public: the function verifies each request itself, or shows only public content. */
export const OPEN_ROUTES: readonly RouteEntry[] = [
  {
    key: 'POST /webhooks/ehr',
    function: 'EhrWebhook',
    // Twice what the function takes in a minute by the policy, so that it refuses by a problem document a sender that only sends
    // too much; ten seconds' worth at once. What is beyond is a flood, and costs nothing here.
    throttle: ({ webhooksPerMinute }) => {
      const rate = Math.ceil((2 * webhooksPerMinute) / 60);
      return { rate, burst: 10 * rate };
    },
  },
  {
    key: 'GET /pickup/{token}',
    function: 'PickupPage',
    // Scanners open the links of a whole sweep's mails at once; an empty form takes milliseconds.
    throttle: () => ({ rate: 50, burst: 200 }),
  },
  {
    key: 'POST /pickup/{token}',
    function: 'PickupPage',
    // Each takes a function for a second: 20 at a time, of the 1,000 that an account has for everything. A practice's
    // patients do not come so many a second; what is beyond costs nothing here.
    throttle: () => ({ rate: 20, burst: 40 }),
  },
];

/** For the bearers of an access token of the staff's pool; the function checks path and permissions. */
export const STAFF_ROUTES: readonly RouteEntry[] = [
  // A page that is open asks every few seconds; a dozen of them, and as many again.
  { key: 'GET /api/{proxy+}', function: 'AdminApi', throttle: () => ({ rate: 25, burst: 100 }) },
  // People act one by one.
  { key: 'POST /api/{proxy+}', function: 'AdminApi', throttle: () => ({ rate: 5, burst: 20 }) },
];
