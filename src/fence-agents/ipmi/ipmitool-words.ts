import { quote } from "../quote.ts";

/** What `ipmitool chassis power status` says; null when it says neither, or both. */
export function readPowerWord(output: string): "on" | "off" | null {
  const words = output
    .split(/\r?\n/)
    .flatMap((line) => /^Chassis Power is (on|off)$/.exec(line.trimEnd())?.[1] ?? []);
  const [word, ...more] = words;
  return (word === "on" || word === "off") && more.length === 0 ? word : null;
}

/** In the order in which they are looked for: what names the cause comes before what it leads to. */
const CAUSES: readonly { readonly seen: RegExp; readonly means: string }[] = [
  { seen: /RAKP 2 HMAC is invalid/, means: "wrong password" },
  { seen: /unauthorized name|Invalid user name/i, means: "the BMC knows no such user" },
  { seen: /Activate Session command failed/, means: "no session, probably a wrong password" },
  { seen: /password is longer than/, means: "the password is longer than IPMI allows" },
  { seen: /Authentication type .* not supported/i, means: "the BMC refuses INTERFACE=lan; use lanplus" },
  { seen: /insufficient resources|session slots? (are )?full|no session slot/i, means: "the BMC is busy" },
  {
    seen: /unauthorized role|Requested privilege level exceeds|Set Session Privilege Level .*failed/i,
    means: "the user has not this privilege; see PRIVILEGE in IPMI.conf",
  },
  { seen: /^Set Chassis Power Control .*Insufficient privilege/im, means: "the user may not switch power" },
  {
    seen: /invalid (authentication|integrity|confidentiality) algorithm|no cipher suite match/i,
    means: "the BMC refuses this cipher suite; see CIPHER in IPMI.conf (try 3, then 17)",
  },
  { seen: /Address lookup for .* failed|Could not open socket/, means: "its address cannot be found" },
  {
    seen: /Get Auth Capabilities (error|command failed)|Error issuing Get Channel Auth/,
    means: "it does not answer: unreachable, no power, or IPMI over LAN is off",
  },
];

/** What a verbose ipmitool also says when all is well, and its last line, which only says that it gave up. */
const NOISE =
  /^(Loading IANA|IANA PEN registry|Get HPM\.x|Running Get VSO|Invalid completion code received|Discovered IPMB|Unable to Get Channel Cipher|Error: Unable to establish|\s*$)/;

/** Why ipmitool failed, in plain words and in its own, at most a line; `secret` is never part of it. */
export function explainFailure(output: string, secret: string): string {
  const lines = output.split(/\r?\n/);
  const cause = CAUSES.find(({ seen }) => seen.test(output));
  const telling = lines.filter((line) => !NOISE.test(line));
  const quoted = (cause && telling.find((line) => cause.seen.test(line))) ?? telling.at(-1) ?? "nothing";
  const words = `ipmitool said: ${quote(quoted, secret)}`;
  return cause === undefined ? words : `${cause.means} (${words})`;
}
