import * as z from "zod/mini";
import { lazily } from "./records.ts";

/* Only the fields that the survey uses, as XAPI sends them (records.ts has the reads of a pass). */

const uuid = z.string().check(z.regex(/^[\w-]+$/));
const ref = z.string().check(z.regex(/^OpaqueRef:[\w-]+$/));

export const named = lazily(() => z.object({ uuid }));
export const blockDevice = lazily(() => z.object({ VM: ref, VDI: ref }));
export const disk = lazily(() => z.object({ SR: ref }));
export const storage = lazily(() => z.object({ name_label: z.string(), PBDs: z.array(ref) }));
export const plug = lazily(() => z.object({ host: ref, currently_attached: z.boolean() }));

/** `20261123T09:41:40Z`, from some versions with dashes. */
export const dateTime = lazily(() =>
  z.string().check(z.regex(/^\d{4}-?\d\d-?\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)),
);
