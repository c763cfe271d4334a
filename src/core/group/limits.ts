/** As many hosts as a pool can have: nothing here grows beyond that. */
export const MOST_HOSTS = 64;
/** Ways to one host that are used and remembered. */
export const MOST_WAYS = 8;
/** VMs in one question. */
export const MOST_ASKED = 40;
