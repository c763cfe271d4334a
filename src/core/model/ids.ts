/** A XAPI uuid of a host: `host.uuid`, and INSTALLATION_UUID of its own inventory. */
export type HostUuid = string & { readonly __brand: "HostUuid" };
/** A XAPI uuid of a VM: `VM.uuid`; domains carry the same uuid. */
export type VmUuid = string & { readonly __brand: "VmUuid" };
/** A XAPI uuid of an appliance (vApp): `VM_appliance.uuid`. */
export type ApplianceUuid = string & { readonly __brand: "ApplianceUuid" };
/** A XAPI uuid of the pool: `pool.uuid`. */
export type PoolUuid = string & { readonly __brand: "PoolUuid" };

/** Branding is free of checks on purpose: adapters check shapes where data enters. */
export const hostUuid = (text: string): HostUuid => text as HostUuid;
export const vmUuid = (text: string): VmUuid => text as VmUuid;
export const applianceUuid = (text: string): ApplianceUuid => text as ApplianceUuid;
export const poolUuid = (text: string): PoolUuid => text as PoolUuid;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Has this text the shape of a uuid, in either case? */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
