import { bootTag } from "./boot-tag.ts";
import { officeText, type RollId } from "./roll.ts";

/**
 * A tie is exclusive only among hosts that ask the same place, so its name says which place that is: `tag` (config/tie-place.ts). It is
 * new with each roll that needs another one, also where every host has forgotten the rolls before.
 */
export function tieName(id: RollId, bootId: string, tag: string): string {
  return `${officeText(id)}.${bootTag(bootId).toString(16)}.${tag}`;
}

/** Is it the name of a claim at this place? */
export function isAtPlace(name: string, tag: string | null): boolean {
  return tag !== null && name.endsWith(`.${tag}`);
}

/** A name that a file may have anywhere: neither an option nor a hidden file nor a path, in whatever shell. */
export const TIE_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/;
