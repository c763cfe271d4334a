import { quote } from "../quote.ts";
import { CAUSES } from "./ipmitool-causes.ts";

/** What `ipmitool chassis power status` says; null when it says neither, or both. */
export function readPowerWord(output: string): "on" | "off" | null {
  const words = output
    .split(/\r?\n/)
    .flatMap((line) => /^Chassis Power is (on|off)$/.exec(line.trimEnd())?.[1] ?? []);
  const [word, ...more] = words;
  return (word === "on" || word === "off") && more.length === 0 ? word : null;
}

/** What a verbose ipmitool also says when all is well, and its last lines, which only say that it gave up. */
const NOISE =
  /^(Loading IANA|IANA PEN registry|Get HPM\.x|Running Get |Invalid completion code received|Discovered |Unable to Get Channel Cipher|Get Channel Cipher Suites failed|Using best available|Received IPMI\/RMCP response packet: *IPMI Supported|Error: Unable to establish|Close Session command failed|Failed to Close Session|.*Assertion `|\s*$)/;
/** A flood is not worth more: what comes first names the cause. */
const MOST_LINES = 500;

/** How ipmitool ended without having done what it was asked. */
export interface IpmiFailure {
  /** null: a signal ended it, or it was never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/**
 * Why ipmitool failed: the cause and the cure in plain words, and its own, at most a line; `secret` is never part of it.
 * The first cause counts. What follows it is often a consequence that misleads: after a login that nobody answers it
 * goes on, and complains about the privilege.
 */
export function explainFailure(
  { exitCode, signal, output }: IpmiFailure,
  secret: string,
): { readonly why: string; readonly final: boolean } {
  const telling = output
    .split(/\r?\n/, MOST_LINES)
    .filter((line) => !NOISE.test(line))
    .map((line) => ({ line, cause: CAUSES.find(({ seen }) => seen.test(line)) }));
  const first = telling.find(({ cause }) => cause !== undefined);
  const line = first?.line ?? telling.at(-1)?.line;
  const ended = signal === null ? "" : `ipmitool was ended by ${signal}`;
  if (line === undefined) return { why: ended || saidNothing(exitCode), final: false };
  const words = [`ipmitool said: ${quote(line, secret)}`, ended].filter((part) => part !== "").join("; ");
  const { cause } = first ?? {};
  return cause === undefined
    ? { why: words, final: false }
    : { why: `${cause.means} (${words})`, final: cause.final };
}

function saidNothing(exitCode: number | null): string {
  return exitCode === null
    ? "ipmitool could not be started; run: yum install ipmitool, or use FENCE_METHOD=REDFISH"
    : `ipmitool ended with exit status ${exitCode} and said nothing; run it by hand: ipmitool -vv -I lanplus -H <BMC> -U <user> -a chassis power status`;
}
