/** Where a BMC answers IPMI over LAN, by UDP. */
export const IPMI_PORT = 623;
