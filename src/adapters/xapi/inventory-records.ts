import * as z from "zod/mini";
import { haltedRecord, lazily } from "./records.ts";

/* Only the fields that an inventory uses, as XAPI sends them (records.ts has the reads of a pass); the survey uses some of them, too. */

/** Loose: no key of what is remembered, nor part of a filter. */
export const uuid = z.string().check(z.regex(/^[\w-]+$/));
export const ref = z.string().check(z.regex(/^OpaqueRef:[\w-]+$/));

export const inventoryVm = lazily(() =>
  z.extend(haltedRecord(), {
    VIFs: z.array(ref),
    tags: z.array(z.string()),
    /** An older XAPI has none. */
    groups: z.optional(z.array(ref)),
  }),
);

export const drive = lazily(() => z.object({ VM: ref, VDI: ref }));
export const storage = lazily(() =>
  z.object({ uuid, name_label: z.string(), PBDs: z.array(ref), VDIs: z.array(ref) }),
);
export const plug = lazily(() => z.object({ host: ref, currently_attached: z.boolean() }));
export const network = lazily(() =>
  z.object({ uuid, name_label: z.string(), PIFs: z.array(ref), VIFs: z.array(ref) }),
);
export const port = lazily(() => z.object({ host: ref }));
export const group = lazily(() => z.object({ uuid, placement: z.string() }));

export type InventoryVmRecord = z.infer<ReturnType<typeof inventoryVm>>;
export type DriveRecord = z.infer<ReturnType<typeof drive>>;
export type StorageRecord = z.infer<ReturnType<typeof storage>>;
export type PlugRecord = z.infer<ReturnType<typeof plug>>;
export type NetworkRecord = z.infer<ReturnType<typeof network>>;
export type PortRecord = z.infer<ReturnType<typeof port>>;
export type GroupRecord = z.infer<ReturnType<typeof group>>;
