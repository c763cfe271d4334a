const PROXY_VARIABLES = ["http_proxy", "https_proxy", "all_proxy"];

/**
 * Takes the proxies out of this process's environment, in which a shell of Dom0 may have them. `fetch` would ask every
 * host of the pool through them, its own included, and a proxy's word about who answers would decide about power.
 */
export function connectDirectly(environment: Record<string, string | undefined>): void {
  for (const name of Object.keys(environment)) {
    if (PROXY_VARIABLES.includes(name.toLowerCase())) delete environment[name];
  }
}
