import manifest from "../../package.json" with { type: "json" };

/** The version of this program, from package.json, compiled in. */
export const VERSION: string = manifest.version;
