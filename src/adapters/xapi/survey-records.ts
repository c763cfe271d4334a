import * as z from "zod/mini";
import { ref, uuid } from "./inventory-records.ts";
import { lazily } from "./records.ts";

/* Only the fields that the survey uses, as XAPI sends them (records.ts has the reads of a pass). */

export const named = lazily(() => z.object({ uuid }));
export const disk = lazily(() => z.object({ SR: ref }));
export const storage = lazily(() => z.object({ name_label: z.string(), PBDs: z.array(ref) }));
export const storageFacts = lazily(() =>
  z.object({ uuid, name_label: z.string(), type: z.string(), shared: z.boolean(), PBDs: z.array(ref) }),
);

/** `20261123T09:41:40Z`, from some versions with dashes. */
export const dateTime = lazily(() =>
  z.string().check(z.regex(/^\d{4}-?\d\d-?\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)),
);

export const network = lazily(() => z.object({ name_label: z.string(), PIFs: z.array(ref) }));
export const virtualInterface = lazily(() => z.object({ VM: ref, network: ref }));
export const hostInterface = lazily(() =>
  z.object({
    host: ref,
    device: z.string(),
    currently_attached: z.boolean(),
    IP: z.string(),
    netmask: z.string(),
    ip_configuration_mode: z.string(),
    bond_master_of: z.array(ref),
    management: z.boolean(),
  }),
);

const texts = z.record(z.string(), z.string());
export const hostFacts = lazily(() =>
  z.object({
    uuid,
    software_version: texts,
    power_on_mode: z.string(),
    /** Also holds a reference to the password, which nobody needs here. */
    power_on_config: texts,
  }),
);
