/** The resources of a Redfish service, as DMTF's schema has them: what a server's controller shows of itself. */

export const ROOT = "/redfish/v1/";
export const SYSTEMS = "/redfish/v1/Systems";
export const systemPath = (id: string): string => `${SYSTEMS}/${id}`;
export const resetPath = (id: string): string => `${systemPath(id)}/Actions/ComputerSystem.Reset`;
export const resetInfoPath = (id: string): string => `${systemPath(id)}/ResetActionInfo`;

export const RESET_TYPES: readonly string[] = ["On", "ForceOff", "GracefulShutdown", "ForceRestart"];

export function serviceRoot(): object {
  return {
    "@odata.id": ROOT,
    "@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot",
    Id: "RootService",
    Name: "Root Service",
    RedfishVersion: "1.15.0",
    UUID: "92384634-2938-2342-8820-489239905423",
    Systems: { "@odata.id": SYSTEMS },
    Links: { Sessions: { "@odata.id": "/redfish/v1/SessionService/Sessions" } },
  };
}

/** How a collection lists its members, and counts them. */
export type CollectionKind =
  | "right"
  | "count-0"
  | "count-text"
  | "count-high"
  | "paged"
  | "paged-for-ever"
  | "odd"
  | "single"
  | "twice";

const link = (id: string) => ({ "@odata.id": systemPath(id) });

export function systemCollection(ids: readonly string[], kind: CollectionKind, page: number): object {
  const whole = {
    "@odata.id": SYSTEMS,
    "@odata.type": "#ComputerSystemCollection.ComputerSystemCollection",
    Name: "Computer System Collection",
    "Members@odata.count": ids.length as unknown,
    Members: ids.map(link) as unknown,
  };
  const next = (of: number) => ({ "Members@odata.nextLink": `${SYSTEMS}?page=${of}` });
  switch (kind) {
    case "right":
      return whole;
    case "count-0":
      return { ...whole, "Members@odata.count": 0 };
    case "count-text":
      return { ...whole, "Members@odata.count": String(ids.length) };
    case "count-high":
      return { ...whole, "Members@odata.count": ids.length + 1 };
    case "odd":
      return { ...whole, Members: [null, ...ids.map(link)] };
    case "twice":
      return { ...whole, Members: [...ids, ...ids].map(link) };
    case "single":
      return { ...whole, Members: link(ids[0] ?? "") };
    case "paged":
      return {
        ...whole,
        Members: ids.slice(page, page + 1).map(link),
        ...(page + 1 < ids.length ? next(page + 1) : {}),
      };
    case "paged-for-ever":
      return { ...whole, Members: ids.map(link), ...next(page + 1) };
  }
}

export interface SystemView {
  readonly id: string;
  readonly uuid: string | undefined;
  readonly powerState: string;
  /** Said in the action itself, behind a link, or not at all. */
  readonly says: "inline" | "linked" | "nothing";
  readonly resetTypes: readonly string[];
  readonly target: string;
}

export function computerSystem(view: SystemView): object {
  return {
    "@odata.id": systemPath(view.id),
    "@odata.type": "#ComputerSystem.v1_20_0.ComputerSystem",
    Id: view.id,
    Name: "System",
    SystemType: "Physical",
    UUID: view.uuid,
    PowerState: view.powerState,
    Status: { State: "Enabled", Health: "OK" },
    Actions: {
      "#ComputerSystem.Reset": {
        target: view.target,
        ...(view.says === "inline" ? { "ResetType@Redfish.AllowableValues": view.resetTypes } : {}),
        ...(view.says === "linked" ? { "@Redfish.ActionInfo": resetInfoPath(view.id) } : {}),
      },
    },
  };
}

export function resetActionInfo(id: string, resetTypes: readonly string[]): object {
  return {
    "@odata.id": resetInfoPath(id),
    "@odata.type": "#ActionInfo.v1_3_0.ActionInfo",
    Id: "ResetActionInfo",
    Name: "Reset Action Info",
    Parameters: [{ Name: "ResetType", Required: true, DataType: "String", AllowableValues: resetTypes }],
  };
}

export function errorBody(id: string, message: string): object {
  return {
    error: {
      code: `Base.1.18.${id}`,
      message: "A general error has occurred. See ExtendedInfo for more information.",
      "@Message.ExtendedInfo": [
        {
          "@odata.type": "#Message.v1_1_2.Message",
          MessageId: `Base.1.18.${id}`,
          Message: message,
          Severity: "Critical",
          Resolution: "None.",
        },
      ],
    },
  };
}
