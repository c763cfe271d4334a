import { SSH_PORT } from "../../adapters/ssh/target.ts";
import { authorityOf } from "../address.ts";
import { HOSTS_SYNTAX } from "../hosts-syntax.ts";
import type { OpenDevice } from "../method.ts";
import { findEntry, readOptions } from "../method-files.ts";
import { createSshClient } from "../ssh/client.ts";
import { maskDevice } from "../ssh/mask-device.ts";
import { openTarget, SSH_OPTIONS } from "../ssh/target.ts";
import { createIlo, type IloOptions } from "./ilo-device.ts";

const OPTIONS = {
  ...SSH_OPTIONS,
  DIALECT: { fallback: "auto", pattern: /^(auto|power|system1)$/ },
  SESSION: { fallback: "dialogue", pattern: /^(dialogue|argument)$/ },
};
const USER = "root";

/** `ILO.hosts`: `<host uuid>:<address of its iLO>[:<port>][:<user>]`; `ILO.conf`: options. The password is the same for all. */
export const openIlo: OpenDevice = (request, context) => {
  const listed = findEntry("ILO", HOSTS_SYNTAX.ILO, request, context.say);
  if (typeof listed === "string") return listed;
  const { device: address, port, user } = listed.entry;
  const options = readOptions("ILO", OPTIONS, request);
  if (typeof options === "string") return options;
  const target = openTarget({ address, port }, user ?? request.user ?? USER, options, request.password);
  if (typeof target === "string") return target;
  const ilo: IloOptions = {
    address: authorityOf(target, SSH_PORT),
    dialect: options.DIALECT as IloOptions["dialect"],
    session: options.SESSION as IloOptions["session"],
  };
  const device = createIlo(createSshClient(target, context), ilo, context.clock);
  return maskDevice(device, request.password);
};
