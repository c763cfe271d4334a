import type { PowerReading } from "../device.ts";

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
  /** SMBIOS's, in lower case: not the uuid XAPI gives the host. */
  readonly uuid: string | null;
  readonly power: PowerReading;
  readonly reset: ResetAction | null;
}

/** The members of a collection; a string says why they cannot be counted: one that is not seen may be the right one. */
export function readMembers(collection: Fields): readonly string[] | string {
  const members = collection["Members"];
  if (!Array.isArray(members)) return "its list of systems has no Members";
  const links = members.map(linkOf).filter((link) => link !== null);
  const count = collection["Members@odata.count"] ?? members.length;
  if (links.length !== members.length || links.length !== count || "Members@odata.nextLink" in collection)
    return "its list of systems is not complete";
  return links;
}

export function readSystem(body: Fields): SystemFacts {
  return {
    id: textOf(body["Id"]),
    uuid: textOf(body["UUID"])?.toLowerCase() ?? null,
    power: readPowerState(body["PowerState"]),
    reset: readResetAction(fieldsOf(body["Actions"])?.["#ComputerSystem.Reset"]),
  };
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

/** What an error says for people: the first message of its extended info, else its own. */
export function readErrorMessage(text: string): string {
  const error = fieldsOf(fieldsOf(parseJson(text))?.["error"]);
  const extended = error?.["@Message.ExtendedInfo"];
  const first = fieldsOf(Array.isArray(extended) ? extended[0] : null);
  return textOf(first?.["Message"]) ?? textOf(first?.["MessageId"]) ?? textOf(error?.["message"]) ?? "";
}

/** undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : null;
}
