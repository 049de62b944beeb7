/** One invocation, and how a handler gets its ports: by a provider for each port. */
import { type Configuration, configuration } from './config.ts';

/** The settings a provider needs, and the deadline of one invocation. */
export interface Call<Need extends keyof Configuration = keyof Configuration> {
  /** Aborts at the deadline shared by all calls of this invocation. */
  signal: AbortSignal;
  config: Pick<Configuration, Need>;
}

/**
 * For each port a plain function that makes it for one call. A handler imports only the providers it names, so its
 * bundle carries only the adapters it uses.
 */
export type Providers<Ports> = { readonly [Name in keyof Ports]: (call: Call) => Ports[Name] };

/**
 * @param signal the deadline
 * Reading `config` checks the whole environment: ConfigurationError (not retried) lists every wrong variable.
 */
export function callUntil(signal: AbortSignal): Call {
  return {
    signal,
    get config() {
      return configuration();
    },
  };
}

/** The ports of one call. */
export function portsOf<Ports extends object>(providers: Providers<Ports>, call: Call): Ports {
  const made = Object.entries<(call: Call) => unknown>(providers).map(([name, provide]) => [name, provide(call)]);
  return Object.fromEntries(made) as Ports;
}
