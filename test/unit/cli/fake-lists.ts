import type { HostsSyntax } from "../../../src/fence-agents/hosts-file.ts";
import { deviceText, examineList, syntaxOf, whyNotList } from "../../../src/fence-agents/list-check.ts";
import type { FenceLists, ListWrite, ReadList } from "../../../src/ports/fence-lists.ts";

/** The lists of fence devices of all hosts, as files that are there or not. */
export interface ListWorld {
  /** By host, then by method. */
  lists: Record<string, Record<string, string>>;
  /** What this host had before. */
  listsBefore: Record<string, string>;
  /** Why a host does not use, or write, its list. */
  listFaults: (host: string) => string | null;
}

export function noLists(): ListWorld {
  return { lists: {}, listsBefore: {}, listFaults: () => null };
}

function known(method: string): HostsSyntax {
  const syntax = syntaxOf(method);
  if (syntax === null) throw new Error(`${method} has no list`);
  return syntax;
}

export function readListOf(world: ListWorld, host: string, method: string): ReadList {
  const why = world.listFaults(host);
  if (why !== null) return { ok: false, why };
  const path = `/etc/ha-lizard/fence/${method}/${method}.hosts`;
  return { ok: true, path, text: world.lists[host]?.[method] ?? null };
}

export function writeListOf(world: ListWorld, host: string, write: ListWrite): string | null {
  const { method, text } = write;
  const found = readListOf(world, host, method);
  if (!found.ok) return found.why;
  const why = whyNotList(write, found.text, known(method));
  if (why === null) world.lists = { ...world.lists, [host]: { ...world.lists[host], [method]: text } };
  return why === null ? null : `${found.path}: ${why}`;
}

/** Those of this host. */
export function fakeFenceLists(world: ListWorld & { readonly calls: string[] }, host: string): FenceLists {
  return {
    methods: ["IPMI", "REDFISH", "ILO", "XVM"],
    shape: (method) => known(method).shape,
    read: async (method) => readListOf(world, host, method),
    readBefore: async (method) => world.listsBefore[method] ?? null,
    examine: (method, text) => examineList(text, known(method)),
    render: (method, device) => deviceText(device, known(method)),
    write: async (write) => {
      world.calls.push(`write ${write.method} list here${write.force ? " by force" : ""}`);
      return writeListOf(world, host, write);
    },
  };
}
