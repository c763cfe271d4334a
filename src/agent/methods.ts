import type { OpenDevice } from "./method.ts";

/** The built-in methods with a device; each is loaded only when it is used. POOL has none, and needs no program. */
export const METHODS: Readonly<Record<string, () => Promise<OpenDevice>>> = {};
