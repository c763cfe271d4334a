/** What a line of ipmitool's means, and what helps. */
export interface IpmiCause {
  /** Looked for in one line. */
  readonly seen: RegExp;
  readonly means: string;
  /** Asking again within this attempt changes nothing, or does harm: see `PowerReading`. */
  readonly final: boolean;
}

const CIPHER = "see CIPHER in IPMI.conf (try 3, then 17)";
const PRIVILEGE = "see PRIVILEGE in IPMI.conf, and the user's privilege on the BMC";

/**
 * Everything that ipmitool 1.8.11 to 1.8.19 says when a session or a power command fails. Of a line that fits several,
 * the first counts. The names in RAKP and open-session errors are those of the IPMI 2.0 specification, table 13-15.
 */
export const CAUSES: readonly IpmiCause[] = [
  // The password and the user.
  { seen: /\block(ed)?[ -]?out\b|\b(account|user) is locked/i, means: "the account is locked", final: true },
  { seen: /RAKP 2 HMAC is invalid/, means: "wrong password", final: true },
  {
    seen: /invalid integrity check value/i,
    means: "wrong password, or the BMC wants a key of its own (Kg), which is not supported",
    final: true,
  },
  {
    seen: /unauthorized name|Invalid user name|NULL user name not enabled|invalid name length/i,
    means: "the BMC knows no such user, or the user is disabled or locked, or may not use IPMI over LAN",
    final: true,
  },
  { seen: /unauthorized GUID/i, means: "the BMC refuses this session's GUID; reset the BMC", final: true },
  {
    seen: /password is longer than|wrong password size/i,
    means: "the password is longer than IPMI allows: 20 characters, 16 with INTERFACE=lan",
    final: true,
  },
  { seen: /user name (is )?too long/i, means: "the user's name is longer than IPMI allows: 16", final: true },
  { seen: /Activate Session command failed/, means: "no session, probably a wrong password", final: true },
  // It has no time for us.
  {
    seen: /insufficient resources|No (session )?slot available|session slots? (are )?full|limit reached/i,
    means: "the BMC has no free session; close its web console and serial-over-LAN sessions",
    final: false,
  },
  { seen: /Node busy/i, means: "the BMC is busy", final: false },
  {
    seen: /update mode|initiali[sz]ation in progress|not supported in present state|Out of space/i,
    means: "the BMC starts, or updates itself",
    final: false,
  },
  {
    seen: /(invalid|inactive) session ID|sequence out of range|Unexpected (Open Session|RAKP|message)|invalid authcode/i,
    means: "the BMC has lost the session",
    final: false,
  },
  // Both sides cannot agree.
  {
    seen: /(invalid|no matching) (authentication|integrity|confidentiality) (algorithm|payload)|no (cipher suite match|matching cipher suite)|Unsupported cipher suite|no support for authentication algorithm|algorithm .* is not what we requested/i,
    means: `the BMC refuses this cipher suite; ${CIPHER}`,
    final: true,
  },
  {
    seen: /illegal( or unrecognized)? parameter|invalid payload type/i,
    means: `the BMC does not understand the login; ${CIPHER}, or INTERFACE=lan for a BMC without IPMI 2.0`,
    final: true,
  },
  {
    seen: /does not support IPMI v2/i,
    means: "the BMC knows only IPMI 1.5; set INTERFACE=lan in IPMI.conf",
    final: true,
  },
  {
    seen: /Authentication type .* not supported|No supported authtypes|Invalid Session AuthType/i,
    means: "the BMC refuses INTERFACE=lan; use lanplus",
    final: true,
  },
  // What the user may.
  {
    seen: /unauthorized role|invalid role|Requested privilege level exceeds|maximum privilege capacity/i,
    means: `the user has not this privilege; ${PRIVILEGE}`,
    final: true,
  },
  {
    seen: /^(Set|Get) Chassis Power .*Insufficient privilege/i,
    means: `the user may not switch power; ${PRIVILEGE}`,
    final: true,
  },
  // No answer comes after the colon when there was none.
  {
    seen: /Set Session Privilege Level .*failed: (?!Timeout|Destination)/i,
    means: `the user has not this privilege; ${PRIVILEGE}`,
    final: true,
  },
  // Nobody answers.
  {
    seen: /no response from RAKP|Timeout in open session response|Get Session Challenge command failed$/i,
    means:
      "the BMC fell silent during the login: overloaded, or it drops what it refuses; check user and password, and CIPHER in IPMI.conf",
    final: false,
  },
  {
    seen: /Set Session Privilege Level .*failed|Unable to (get|set) Chassis Power|Timeout/i,
    means: "the BMC fell silent after the login",
    final: false,
  },
  {
    seen: /Get Auth Capabilities (error|command failed)|Error issuing Get Channel Auth|No response from remote controller|send command failed|presence ping|IPMI NOT Supported|Destination unavailable|(connect|send) ?failed|unreachable|No route to host|Connection refused/i,
    means: "it does not answer: unreachable, no power, or IPMI over LAN is off",
    final: false,
  },
  {
    seen: /[Aa]ddress lookup for .* failed|Could not open socket|No hostname specified|Failed to (bind|connect) socket/,
    means: "its address cannot be found; see its line in IPMI.hosts, and the name server",
    final: false,
  },
  // ipmitool itself.
  {
    seen: /Error loading interface|Unknown interface|is not built in/i,
    means: "this ipmitool cannot speak IPMI 2.0; install the distribution's own",
    final: true,
  },
  {
    seen: /invalid option|unrecognized option|Invalid privilege level|Invalid parameter given/i,
    means: "this ipmitool is too old; 1.8.11 or later is needed",
    final: true,
  },
];
