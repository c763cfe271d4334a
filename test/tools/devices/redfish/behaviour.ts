/** How a Redfish service may go wrong; each switchable while it runs. */
export type Behaviour =
  | "right"
  /** Accepts, says PoweringOff, and never gets there. */
  | "stays-powering-off"
  /** Says PoweringOff to the first two who ask after a command. */
  | "slow-to-switch"
  /** Says 200 and does nothing. */
  | "does-nothing"
  | "busy"
  /** Takes the connection and never answers. */
  | "hangs"
  /** 200 and something that is no JSON. */
  | "garbage"
  /** 200 and a body that does not end. */
  | "huge"
  | "no-power-state"
  /** Refuses orders: HTTP 400 with DMTF's message. */
  | "refuses-orders"
  /** Sends the next reader on, to an address of its own. */
  | "moves-once"
  | "moves-for-ever"
  /** Sends readers to another host. */
  | "redirects-away"
  /** Its reset action is on another host. */
  | "foreign-target"
  /** Its error text repeats what it was sent. */
  | "echoes";
