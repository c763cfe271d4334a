import { type CommandResult, runCommand } from "../../adapters/processes/run-command.ts";
import type { PowerDevice } from "../device.ts";
import type { Login } from "../login.ts";
import type { MethodContext } from "../method.ts";
import type { Options } from "../options-file.ts";
import { explainFailure, readPowerWord } from "./ipmitool-words.ts";
import type { IpmiOptionName } from "./options.ts";

/** What a BMC needs before its answer means anything (fence-agents/README.md, "IPMI"). */
const SETTLE_MS = 2_000;
/** Two tries of ipmitool's with growing pauses: a silent BMC costs 6 s, with its defaults 20. */
const PATIENCE = ["-N", "1", "-R", "2"];
/** More than any of its own timeouts: only one that hangs in a name's lookup comes here. */
const CALL_MS = 15_000;

export interface IpmiTarget {
  readonly address: string;
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
    ...["ipmitool", "-v", "-I", INTERFACE, "-H", target.address],
    ...["-U", target.login.user, "-E", "-L", PRIVILEGE],
    ...cipher,
    ...PATIENCE,
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
    name: `BMC ${target.address}`,
    settleMs: SETTLE_MS,
    async read(signal) {
      const result = await chassisPower("status", signal);
      const word = result.exitCode === 0 ? readPowerWord(result.output) : null;
      return word === null ? { kind: "unknown", why: whyFailed(result, signal, password) } : { kind: word };
    },
    async switchPower(to, signal) {
      const result = await chassisPower(to, signal);
      return result.exitCode === 0
        ? { kind: "accepted" }
        : { kind: "refused", why: whyFailed(result, signal, password) };
    },
  };
}

function whyFailed(result: CommandResult, signal: AbortSignal, password: string): string {
  if (signal.aborted) return "the time was over before it answered";
  if (result.late) return `it did not answer within ${CALL_MS / 1_000} s`;
  if (result.exitCode === null) return "ipmitool could not be started, or was killed";
  return explainFailure(result.output, password);
}
