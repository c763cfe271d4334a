/** What an error of XAPI says, from its parameters, in which references have become names where they could. */
type Sentence = (params: readonly string[]) => string;

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** `4.0 GiB`, `512 MiB`; the text itself when it is no number of bytes. */
export function bytesText(text: string | undefined): string {
  const bytes = Number(text);
  if (text === undefined || text === "" || !Number.isFinite(bytes)) return text ?? "an unknown amount";
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}

/** `the storage "nfs-1"`; `its storage` when it has no name. */
function called(what: string, name: string | undefined, unnamed = `its ${what}`): string {
  return isNameless(name) ? unnamed : `the ${what} "${name}"`;
}

function isNameless(name: string | undefined): boolean {
  return name === undefined || name === "" || name.startsWith("OpaqueRef:");
}

/** XAPI's classes as people call them. */
const CLASSES: Readonly<Record<string, string>> = { SR: "storage", VDI: "disk", PBD: "storage connection" };

function classText(cls: string | undefined): string {
  return cls === undefined || cls === "" ? "object" : (CLASSES[cls] ?? cls);
}

/** Errors that people meet; the code stays beside the sentence, for a search. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  HOST_NOT_ENOUGH_FREE_MEMORY: ([needed, free]) =>
    `it needs ${bytesText(needed)} of memory, and the host has ${bytesText(free)} free`,
  VM_REQUIRES_SR: ([, storage]) => `${called("storage", storage)} is not attached to the host`,
  VM_REQUIRES_NETWORK: ([, network]) => `${called("network", network)} is not connected on the host`,
  HOST_DISABLED: ([host]) => `${called("host", host)} is disabled`,
  HOST_NOT_LIVE: () => "the host is not live for XAPI",
  HOST_OFFLINE: ([host]) => `${called("host", host)} is offline`,
  NO_HOSTS_AVAILABLE: () => "no host can run it now",
  SR_BACKEND_FAILURE_46: (params) =>
    `its disk cannot be opened, perhaps because it is in use on another host${detailOf(params)}`,
  SR_FULL: ([needed, free]) => `the storage needs ${bytesText(needed)}, and has ${bytesText(free)} free`,
  HOST_STILL_BOOTING: () => "xapi of the host is still starting",
  HOST_IS_SLAVE: ([master]) =>
    isNameless(master)
      ? "the host that was asked is a slave"
      : `the host that was asked is a slave of ${master}`,
  HOST_HAS_NO_MANAGEMENT_IP: () => "the host has no management address",
  CANNOT_CONTACT_HOST: ([host]) => `xapi cannot reach ${called("host", host, "a host")}`,
  HANDLE_INVALID: ([cls]) => `the ${classText(cls)} is not there any more`,
  UUID_INVALID: ([cls, uuid]) =>
    `there is no ${classText(cls)} with the uuid ${uuid ?? "that was asked for"}`,
  RBAC_PERMISSION_DENIED: ([permission]) =>
    `the session may not do that${isNameless(permission) ? "" : `: ${permission}`}`,
  SESSION_AUTHENTICATION_FAILED: () => "xapi does not let this program log in",
  SESSION_INVALID: () => "xapi does not know the session any more",
  MESSAGE_METHOD_UNKNOWN: ([method]) => `this version of XAPI has no ${method ?? "such call"}`,
  OTHER_OPERATION_IN_PROGRESS: ([cls, name]) =>
    `something else is being done with ${called(classText(cls), name, `the ${classText(cls)}`)}`,
  VM_BAD_POWER_STATE: ([vm, wanted, found]) =>
    `${called("VM", vm, "the VM")} is ${found?.toLowerCase() ?? "in another state"}, and would have to be ${wanted?.toLowerCase() ?? "in another one"}`,
  OPERATION_NOT_ALLOWED: (params) => `XAPI does not allow it${detailOf(params)}`,
  INTERNAL_ERROR: (params) => `xapi met an error of its own${detailOf(params)}`,
  VM_HVM_REQUIRED: () => "the host has no hardware virtualisation, which it needs",
};

function detailOf(params: readonly string[]): string {
  const detail = params.filter((param) => param !== "").join(" ");
  return detail === "" ? "" : `: ${detail}`;
}

/** What could not be turned into a name says nothing to anybody. */
const REFERENCE = /OpaqueRef:[0-9A-Za-z-]+/g;

/** An error of XAPI in words; code and parameters, without references, where nobody has put it into words. */
export function describeXapiError(code: string, params: readonly string[]): string {
  const sentence = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  if (sentence === undefined)
    return [code, ...params.map(withoutReferences)].filter((one) => one !== "").join(" ");
  return `${withoutReferences(sentence(params))} (${code})`;
}

function withoutReferences(text: string): string {
  return text.replace(REFERENCE, "(no name)");
}
