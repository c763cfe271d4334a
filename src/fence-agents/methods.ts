import type { OpenDevice } from "./method.ts";

/** The built-in methods with a device; each is loaded only when it is used. POOL has none, and needs no program. */
export const METHODS: Readonly<Record<string, () => Promise<OpenDevice>>> = {
  IPMI: async () => (await import("./ipmi/open-ipmi.ts")).openIpmi,
  REDFISH: async () => (await import("./redfish/open-redfish.ts")).openRedfish,
  ILO: async () => (await import("./ilo/open-ilo.ts")).openIlo,
  XVM: async () => (await import("./xvm/open-xvm.ts")).openXvm,
};
