import { type CommandResult, runCommand } from "../../adapters/processes/run-command.ts";
import { authorityOf } from "../address.ts";
import type { PowerDevice } from "../device.ts";
import type { Login } from "../login.ts";
import type { MethodContext } from "../method.ts";
import type { Options } from "../options-file.ts";
import { IPMI_PORT } from "./ipmi-port.ts";
import { explainFailure, readPowerWord } from "./ipmitool-words.ts";
import type { IpmiOptionName } from "./options.ts";

/** What a BMC needs before its answer means anything (fence-agents/README.md, "IPMI"). */
const SETTLE_MS = 2_000;
/** Two tries of ipmitool's with growing pauses: a silent BMC costs 6 s, with its defaults 20. */
const TRIES = "2";
/** IPMI 1.5 repeats the login itself when no answer comes, and none comes for a wrong password: that is tried once. */
const TRIES_OF_LAN = "1";
/** More than any of its own timeouts: only one that hangs in a name's lookup comes here. */
const CALL_MS = 15_000;

export interface IpmiTarget {
  readonly address: string;
  readonly port: number;
  readonly login: Login;
  readonly options: Options<IpmiOptionName>;
}

/**
 * ipmitool's command line, valid from 1.8.18 on. `-E`: the password is in IPMI_PASSWORD, as `ps` shows arguments to
 * everybody. `-v`: only then it tells a wrong password from a BMC that is silent, and it tells no secret.
 */
export function ipmitoolCommand(target: IpmiTarget, words: readonly string[]): readonly string[] {
  const { PRIVILEGE, CIPHER, INTERFACE } = target.options;
  // IPMI 1.5 has no cipher suites.
  const cipher = CIPHER === "" || INTERFACE === "lan" ? [] : ["-C", CIPHER];
  return [
    ...["ipmitool", "-v", "-I", INTERFACE, "-H", target.address, "-p", String(target.port)],
    ...["-U", target.login.user, "-E", "-L", PRIVILEGE],
    ...cipher,
    ...["-N", "1", "-R", INTERFACE === "lan" ? TRIES_OF_LAN : TRIES],
    ...words,
  ];
}

/** A BMC, by ipmitool; each call is a process and a session of its own. */
export function createIpmiDevice(
  target: IpmiTarget,
  { clock, environment }: Pick<MethodContext, "clock" | "environment">,
): PowerDevice {
  const { password } = target.login;
  const chassisPower = (word: "status" | "on" | "off", signal: AbortSignal) =>
    runCommand(clock, ipmitoolCommand(target, ["chassis", "power", word]), {
      timeoutMs: CALL_MS,
      env: { ...environment, IPMI_PASSWORD: password },
      signal,
      stderrToo: true,
    });
  return {
    name: `BMC ${authorityOf(target, IPMI_PORT)}`,
    settleMs: SETTLE_MS,
    async read(signal) {
      const result = await chassisPower("status", signal);
      const word = result.exitCode === 0 ? readPowerWord(result.output) : null;
      return word === null ? { kind: "unknown", ...whyFailed(result, signal, password) } : { kind: word };
    },
    async switchPower(to, signal) {
      const result = await chassisPower(to, signal);
      return result.exitCode === 0
        ? { kind: "accepted" }
        : { kind: "refused", ...whyFailed(result, signal, password) };
    },
  };
}

function whyFailed(
  result: CommandResult,
  signal: AbortSignal,
  password: string,
): { readonly why: string; readonly final: boolean } {
  if (signal.aborted) return { why: "the time was over before it answered", final: false };
  if (result.late) return { why: `it did not answer within ${CALL_MS / 1_000} s`, final: false };
  return explainFailure(result, password);
}
