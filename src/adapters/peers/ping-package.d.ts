/** Two parts of the package `ping` that its own declarations leave out. */
declare module "ping/lib/builder/linux.js" {
  /** Fills in what is missing in `config`, in place. */
  export function getCommandArguments(target: string, config: import("ping").PingConfig): string[];
}

declare module "ping/lib/parser/factory.js" {
  export function createParser(
    target: string,
    platform: string,
    config: import("ping").PingConfig,
  ): {
    /** Throws on a first line of one or two words. */
    eat(line: string): unknown;
    getResult(): { readonly alive: boolean };
  };
}
