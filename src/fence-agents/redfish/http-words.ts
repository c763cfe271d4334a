import { type Fault, final, passing } from "./fault.ts";

/** An answer whose status says no. Texts are fit for a log already. */
export interface HttpRefusal {
  readonly status: number;
  readonly method: "GET" | "POST";
  readonly link: string;
  /** What the controller says about it, the most telling first. */
  readonly texts: readonly string[];
  /** Of its answer; null when there is none. */
  readonly authenticate: string | null;
  /** The Host header that it was sent. */
  readonly host: string;
  readonly user: string;
}

const LOCKED =
  /lock(ed|[ -]?out)|LoginAttemptDelayed|too many (failed|login|authentication|attempts)|blocked/i;
const NEW_PASSWORD = /PasswordChangeRequired|password (must|has to|needs to) be changed|password.*expired/i;
const HOST_HEADER = /host ?header|invalid host|hostname/i;

/**
 * What a refusal means, and what helps. Only what concerns the login is final: everything else may be a controller that is
 * busy, that starts, or that another command occupies.
 */
export function explainRefusal(refusal: HttpRefusal): Fault {
  const { status, texts, user, link } = refusal;
  const said = `HTTP ${status}${texts[0] === undefined ? "" : `: ${texts[0]}`}`;
  const all = texts.join(" ");
  if (status === 401 || status === 403) {
    if (LOCKED.test(all))
      return final(
        `the account ${user} is locked; unlock it on the controller, or wait until it does (${said})`,
      );
    if (NEW_PASSWORD.test(all))
      return final(`the password of ${user} must be changed first; log in to the controller (${said})`);
  }
  if (status === 421 || HOST_HEADER.test(all)) return hostHeader(refusal, said);
  switch (status) {
    case 400:
      return refusal.method === "GET"
        ? hostHeader(refusal, said)
        : passing(`it refuses the order, or cannot carry it out now (${said})`);
    case 401:
      return wrongLogin(refusal, said);
    case 403:
      return final(`the user ${user} may not do this; it needs the right to switch power (${said})`);
    case 404:
      return passing(`it has no ${link}; it may be starting, or is no Redfish service (${said})`);
    case 405:
      return passing(`it does not take this request; update its firmware (${said})`);
    case 408:
    case 504:
      return passing(`it was too slow for itself; if that lasts, reset the controller (${said})`);
    case 409:
    case 412:
    case 423:
      return passing(`something else is under way on it (${said})`);
    case 429:
      return passing(`it has too many requests (${said})`);
    case 500:
      return passing(`it has a fault of its own; if that lasts, reset the controller (${said})`);
    case 501:
      return passing(`it does not know this command; update its firmware (${said})`);
    case 502:
    case 503:
      return passing(`it is busy (${said})`);
    default:
      return passing(said);
  }
}

function wrongLogin({ authenticate, user }: HttpRefusal, said: string): Fault {
  const basicIsOff = authenticate !== null && !/\bbasic\b/i.test(authenticate);
  const cure = basicIsOff ? ", or HTTP Basic authentication is off on the controller: switch it on" : "";
  return final(`wrong user or password of ${user}${cure} (${said})`);
}

/** iDRAC 9 and others answer so to a name, or a port of a router, that they do not know for their own. */
function hostHeader({ host }: HttpRefusal, said: string): Fault {
  return passing(
    `it refuses the request, perhaps because it does not know itself as ${host}: write the address that the controller ` +
      `has itself into REDFISH.hosts, or switch off its check of the Host header (${said})`,
  );
}
