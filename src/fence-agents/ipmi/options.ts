/** What `IPMI.conf` may set. */
export const IPMI_OPTIONS = {
  /** Many BMCs let an operator switch power; what an administrator may do besides is not needed. */
  PRIVILEGE: { fallback: "OPERATOR", pattern: /^(OPERATOR|ADMINISTRATOR)$/ },
  /** Cipher suite; empty is ipmitool's default: 3 up to version 1.8.18, then what the BMC offers. */
  CIPHER: { fallback: "", pattern: /^([0-9]|1[0-9])?$/ },
  /** `lan` is IPMI 1.5, for BMCs that know nothing else: hardly a password worth the name. */
  INTERFACE: { fallback: "lanplus", pattern: /^(lanplus|lan)$/ },
};

export type IpmiOptionName = keyof typeof IPMI_OPTIONS;
