import { type HostUuid, hostUuid } from "./ids.ts";

/** A heartbeat has six bytes for the count of a term, and four for the version of a roll. */
export const MOST_TERMS = 2 ** 48 - 1;
export const MOST_VERSIONS = 2 ** 32 - 1;

/** The parts of an office as a text (core/group/roll.ts, `officeText`). */
export interface OfficeParts {
  readonly count: number;
  readonly host: HostUuid;
  readonly version: number;
}

const COUNT = "[1-9][0-9]{0,14}";
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const FORM = new RegExp(`^(${COUNT})\\.(${UUID})\\.(${COUNT})$`);
const NO_HOST = "00000000-0000-0000-0000-000000000000";
const LONGEST = 70;

/** null: it is none, or is written in another way than the program writes it. */
export function parseOffice(text: string): OfficeParts | null {
  const [, count, host, version] = (text.length <= LONGEST && FORM.exec(text)) || [];
  if (host === undefined || host === NO_HOST) return null;
  if (Number(count) > MOST_TERMS || Number(version) > MOST_VERSIONS) return null;
  return { count: Number(count), host: hostUuid(host), version: Number(version) };
}
