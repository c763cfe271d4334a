import type { PowerReading } from "../device.ts";
import { readMachineId } from "./machine-id.ts";

/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The path behind `{"@odata.id": "…"}`. */
export function linkOf(value: unknown): string | null {
  return textOf(fieldsOf(value)?.["@odata.id"]);
}

/** How a system is switched. */
export interface ResetAction {
  readonly target: string;
  /** ResetType values that it offers; null: it does not say. */
  readonly allowed: readonly string[] | null;
  /** Where it says so instead. */
  readonly infoLink: string | null;
}

/** What decides about a ComputerSystem (DMTF's schema). */
export interface SystemFacts {
  readonly id: string | null;
  /** SMBIOS's: not the uuid XAPI gives the host. null when it tells none, or one that means none. */
  readonly uuid: string | null;
  readonly power: PowerReading;
  readonly reset: ResetAction | null;
}

/** One page of a collection. */
export interface Members {
  readonly links: readonly string[];
  /** How many it says there are, on all pages; null when it does not say. */
  readonly count: number | null;
  /** Entries that have no link. */
  readonly odd: number;
  /** Where the next page is. */
  readonly next: string | null;
}

/** A string says why there are none. */
export function readMembers(collection: Fields): Members | string {
  const listed = collection["Members"];
  // A list of one, by some taken for the one.
  const members = linkOf(listed) === null ? listed : [listed];
  if (!Array.isArray(members)) return "its list of systems has no Members";
  const links = members.map(linkOf).filter((link) => link !== null);
  const count = Number(collection["Members@odata.count"] ?? Number.NaN);
  const next = collection["Members@odata.nextLink"] ?? collection["@odata.nextLink"] ?? null;
  return {
    links,
    count: Number.isInteger(count) ? count : null,
    odd: members.length - links.length,
    next: typeof next === "string" ? textOf(next) : linkOf(next),
  };
}

export function readSystem(body: Fields): SystemFacts {
  return {
    id: textOf(body["Id"]),
    uuid: readUuid(textOf(body["UUID"])),
    power: readPowerState(body["PowerState"]),
    reset: readResetAction(fieldsOf(body["Actions"])?.["#ComputerSystem.Reset"]),
  };
}

/** As it is written, but in lower case. */
function readUuid(text: string | null): string | null {
  return text === null || readMachineId(text) === null ? null : text.trim().toLowerCase();
}

/** `PoweringOff` is not off, nor is `Paused`: they were seen, and confirm nothing. */
function readPowerState(value: unknown): PowerReading {
  switch (value) {
    case "On":
      return { kind: "on" };
    case "Off":
      return { kind: "off" };
    case "PoweringOn":
    case "PoweringOff":
    case "Paused":
      return { kind: "between", why: `its PowerState is ${value}` };
    case undefined:
    case null:
      return { kind: "unknown", why: "it tells no PowerState" };
    default:
      return { kind: "unknown", why: `its PowerState is ${JSON.stringify(value).slice(0, 40)}` };
  }
}

function readResetAction(value: unknown): ResetAction | null {
  const action = fieldsOf(value);
  const target = textOf(action?.["target"]);
  if (action === null || target === null) return null;
  return {
    target,
    allowed: textsOf(action["ResetType@Redfish.AllowableValues"]),
    infoLink: textOf(action["@Redfish.ActionInfo"]),
  };
}

/** The values of ResetType in an ActionInfo resource; null when it does not say. */
export function readActionInfo(body: Fields): readonly string[] | null {
  const parameters = body["Parameters"];
  if (!Array.isArray(parameters)) return null;
  const parameter = parameters.map(fieldsOf).find((one) => one?.["Name"] === "ResetType");
  return textsOf(parameter?.["AllowableValues"]);
}

/** undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** null for what is no text, or an empty one. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : null;
}
