import { WORLD_BEGIN_WALL_MS } from "../clock.ts";

/** The date format of XAPI: `20261123T09:41:40Z`. */
export function wallTime(nowMs: number): string {
  const iso = new Date(WORLD_BEGIN_WALL_MS + Math.floor(nowMs)).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}${iso.slice(10, 19)}Z`;
}
