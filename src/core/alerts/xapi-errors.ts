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
function called(what: string, name: string | undefined): string {
  return name === undefined || name === "" || name.startsWith("OpaqueRef:")
    ? `its ${what}`
    : `the ${what} "${name}"`;
}

/** Errors that people meet when a VM is started; the code stays beside the sentence, for a search. */
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
  VM_HVM_REQUIRED: () => "the host has no hardware virtualisation, which it needs",
};

function detailOf(params: readonly string[]): string {
  const detail = params.filter((param) => param !== "").join(" ");
  return detail === "" ? "" : `: ${detail}`;
}

/** An error of XAPI in words; code and parameters where nobody has put it into words. */
export function describeXapiError(code: string, params: readonly string[]): string {
  const sentence = SENTENCES[code];
  return sentence === undefined ? [code, ...params].join(" ").trim() : `${sentence(params)} (${code})`;
}
