import { join } from "node:path";
import type { OpenDevice } from "../method.ts";
import { findEntry } from "../method-files.ts";
import { createSshClient } from "../ssh/client.ts";
import { maskDevice } from "../ssh/mask-device.ts";
import { openTarget, readOptions, SSH_OPTIONS } from "../ssh/target.ts";
import { createIlo, type IloOptions } from "./ilo-device.ts";

const OPTIONS = {
  ...SSH_OPTIONS,
  DIALECT: { fallback: "auto", pattern: /^(auto|power|system1)$/ },
  SESSION: { fallback: "dialogue", pattern: /^(dialogue|argument)$/ },
};
const USER = "root";

/** `ILO.hosts`: `<host uuid>:<address of its iLO>[:<user>]`; `ILO.conf`: options. The password is the same for all. */
export const openIlo: OpenDevice = (request, context) => {
  const entry = findEntry("ILO", request, context.say);
  if (typeof entry === "string") return entry;
  const options = readOptions(join(request.folder, "ILO.conf"), OPTIONS);
  if (typeof options === "string") return options;
  const target = openTarget(entry.device, entry.user ?? request.user ?? USER, options, request.password);
  if (typeof target === "string") return target;
  const device = createIlo(createSshClient(target, context), {
    address: entry.device,
    dialect: options.DIALECT as IloOptions["dialect"],
    session: options.SESSION as IloOptions["session"],
  });
  return maskDevice(device, request.password);
};
