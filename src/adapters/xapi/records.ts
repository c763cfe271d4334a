import * as z from "zod/mini";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { malformed } from "./errors.ts";

/*
 * Only the fields in use, as XAPI sends them; all others may come and go. What is here is required: a record without
 * it is no fact, and makes the whole read malformed. References and snake_case names end in this directory.
 */

// zod would write and compile a parser for each shape, which a process that lives for 50 ms does not get back.
z.config({ jitless: true });

/**
 * Uuids and references become part of filters, whose literals know no escape, and uuids become keys of what is
 * remembered: nothing else gets in.
 */
const uuid = z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i));
const REF = /^OpaqueRef:[\w-]+$/;
const ref = z.string().check(z.regex(REF));
/** References, checked in one walk: every VM that runs is one. */
const refs = z.custom<readonly string[]>().check(
  z.check(({ value, issues }) => {
    if (!Array.isArray(value)) issues.push({ code: "invalid_type", expected: "array", input: value });
    else
      for (const [index, one] of value.entries())
        if (typeof one !== "string" || !REF.test(one))
          issues.push({ code: "invalid_format", format: "regex", input: String(one), path: [index] });
  }),
);
/** A record of strings, checked in one walk: such maps are the greater part of what every pass reads. */
const textMap = z.custom<Record<string, string>>().check(
  z.check((map) => {
    const { value, issues } = map;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      issues.push({ code: "invalid_type", expected: "record", input: value });
    else
      for (const key of Object.keys(value)) {
        const text = value[key];
        if (typeof text !== "string")
          issues.push({ code: "invalid_type", expected: "string", input: text, path: [key] });
      }
  }),
);
/** 64-bit integers come as numbers, from some versions and callers as decimal strings. */
const int = z.pipe(
  z.union([z.int(), z.string().check(z.regex(/^-?\d{1,16}$/))]),
  z.transform((value) => Number(value)),
);

/** Made when it is first wanted: a pass needs five of these, and is begun thousands of times a day. */
export type Shape<T> = () => z.ZodMiniType<T>;

export function lazily<S extends z.ZodMiniType>(make: () => S): () => S {
  let made: S | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

export const poolRecord = lazily(() =>
  z.object({
    uuid,
    name_label: z.string(),
    master: ref,
    ha_enabled: z.boolean(),
    /** From 25.16; false: XAPI clears ha_always_run whenever a guest halts, too. */
    ha_reboot_vm_on_internal_shutdown: z.optional(z.boolean()),
    other_config: textMap,
  }),
);

export const hostRecord = lazily(() =>
  z.object({
    uuid,
    name_label: z.string(),
    address: z.string(),
    enabled: z.boolean(),
    current_operations: z.optional(textMap),
    metrics: ref,
    other_config: textMap,
    resident_VMs: refs,
    /** Bytes that Xen itself needs. */
    memory_overhead: z.optional(int),
    cpu_info: z.optional(textMap),
  }),
);

export const hostMetricsRecord = lazily(() =>
  z.object({
    live: z.boolean(),
    /** Absent or 0 where xapi has not measured it yet. */
    memory_total: z.optional(int),
  }),
);

/** Bytes; `memory_overhead` is what Xen needs beside them, `memory_dynamic_min` how far a guest can be squeezed. */
const memoryFields = () => ({
  memory_static_max: int,
  memory_dynamic_min: z.optional(int),
  memory_overhead: z.optional(int),
});

/** A VM as far as a running one is of interest. */
export const residentRecord = lazily(() =>
  z.object({
    uuid,
    is_control_domain: z.boolean(),
    ...memoryFields(),
    other_config: textMap,
  }),
);

export const haltedRecord = lazily(() =>
  z.object({
    uuid,
    name_label: z.string(),
    power_state: z.enum(["Halted", "Paused", "Running", "Suspended"]),
    resident_on: ref,
    is_control_domain: z.boolean(),
    is_a_template: z.boolean(),
    is_a_snapshot: z.boolean(),
    order: int,
    start_delay: int,
    ha_restart_priority: z.optional(z.string()),
    ...memoryFields(),
    VCPUs_max: z.optional(int),
    affinity: z.optional(z.string()),
    /** Where XAPI is starting it. */
    scheduled_to_be_resident_on: z.optional(z.string()),
    current_operations: textMap,
    blocked_operations: textMap,
    ha_always_run: z.optional(z.boolean()),
    other_config: textMap,
    appliance: ref,
  }),
);

export const domainRecord = lazily(() =>
  z.object({
    uuid,
    name_label: z.string(),
    power_state: z.enum(["Halted", "Paused", "Running", "Suspended"]),
    resident_on: ref,
    current_operations: textMap,
  }),
);

/** A map of texts that is read alone, as `other_config`. */
export const textMapValue = lazily(() => textMap);

/** A host's connection to a storage repository. */
export const pbdRecord = lazily(() => z.object({ uuid, currently_attached: z.boolean() }));

/** A network interface of a host. */
export const pifRecord = lazily(() =>
  z.object({
    host: ref,
    currently_attached: z.boolean(),
    /** `""` while it has none. */
    IP: z.string(),
    /** With the length of the prefix: `2001:db8::1/64`. */
    IPv6: z.array(z.string()),
  }),
);

export const applianceRecord = lazily(() =>
  z.object({
    uuid,
    name_label: z.string(),
    current_operations: textMap,
    VMs: refs,
  }),
);

export const taskRecord = lazily(() =>
  z.object({
    status: z.enum(["pending", "success", "failure", "cancelling", "cancelled"]),
    error_info: z.array(z.string()),
  }),
);

export const guestOfVm = lazily(() => z.object({ uuid, guest_metrics: ref }));
export const guestRecord = lazily(() => z.object({ PV_drivers_version: textMap, networks: textMap }));

export const messageRecord = lazily(() =>
  z.object({
    name: z.string(),
    priority: int,
    timestamp: z.string(),
    body: z.string(),
  }),
);

export const otherConfig: Shape<Record<string, string>> = () => textMap;
export const refList: Shape<readonly string[]> = () => refs;
export const uuidText: Shape<string> = () => uuid;

export type HostRecord = z.infer<ReturnType<typeof hostRecord>>;
export type HostMetricsRecord = z.infer<ReturnType<typeof hostMetricsRecord>>;
export type HaltedRecord = z.infer<ReturnType<typeof haltedRecord>>;
export type ResidentRecord = z.infer<ReturnType<typeof residentRecord>>;
export type DomainWireRecord = z.infer<ReturnType<typeof domainRecord>>;
export type ApplianceRecord = z.infer<ReturnType<typeof applianceRecord>>;
export type PbdRecord = z.infer<ReturnType<typeof pbdRecord>>;
export type PifRecord = z.infer<ReturnType<typeof pifRecord>>;
export type MessageRecord = z.infer<ReturnType<typeof messageRecord>>;
export type GuestRecord = z.infer<ReturnType<typeof guestRecord>>;
export type PoolRecord = z.infer<ReturnType<typeof poolRecord>>;

/** The answer of `what` as the shape says, or `malformed` with the path of the first field that is not so. */
export function parseValue<T>(what: string, shape: Shape<T>, answer: XapiResult<unknown>): XapiResult<T> {
  if (!answer.ok) return answer;
  const parsed = z.safeParse(shape(), answer.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  return malformed(`${what}: ${path === "" ? "the answer" : path}: ${issue?.message ?? "wrong"}`);
}

/** The shape of a whole answer of each shape of record: to make one costs more than to use it. */
const ANSWERS = new WeakMap<object, Shape<Record<string, unknown>>>();

function answerOf<T>(shape: Shape<T>): Shape<Record<string, T>> {
  const known = ANSWERS.get(shape) ?? lazily(() => z.record(ref, shape()));
  ANSWERS.set(shape, known);
  return known as Shape<Record<string, T>>;
}

/** The answer of a `get_all_records`: record by reference. One bad record spoils all: half a view is none. */
export function parseRecords<T>(
  what: string,
  shape: Shape<T>,
  answer: XapiResult<unknown>,
): XapiResult<ReadonlyMap<string, T>> {
  const parsed = parseValue(what, answerOf(shape), answer);
  return parsed.ok ? { ok: true, value: new Map(Object.entries(parsed.value)) } : parsed;
}
