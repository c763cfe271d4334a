import * as z from "zod/mini";

/* Only the fields that the survey uses, as XAPI sends them (records.ts has the reads of a pass). */

const uuid = z.string().check(z.regex(/^[\w-]+$/));
const ref = z.string().check(z.regex(/^OpaqueRef:[\w-]+$/));

export const named = z.object({ uuid });
export const blockDevice = z.object({ VM: ref, VDI: ref });
export const disk = z.object({ SR: ref });
export const storage = z.object({ name_label: z.string(), PBDs: z.array(ref) });
export const plug = z.object({ host: ref, currently_attached: z.boolean() });

/** `20261123T09:41:40Z`, from some versions with dashes. */
export const dateTime = z.string().check(z.regex(/^\d{4}-?\d\d-?\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/));
