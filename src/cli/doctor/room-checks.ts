import { type Check, type Finding, findingsOf } from "./check.ts";

const MB = 1_000_000;
/** What a pass remembers has some 100 KB; XAPI's database, which may lie beside it, has megabytes. */
const FULL_MB = 20;
const SCARCE_MB = 200;

/** There is room for what must not be forgotten, and for the log. */
export const roomCheck: Check = {
  name: "room",
  limitMs: () => 2_000,
  async run({ ports }): Promise<readonly Finding[]> {
    const { warn, bad } = findingsOf("room");
    return (await ports.hostSurvey.room()).flatMap(({ path, freeBytes }) => {
      const freeMb = Math.floor(freeBytes / MB);
      const cure = `df -h ${path}; remove what fills it, old logs and ISO images above all`;
      if (freeMb < FULL_MB)
        return [
          bad(
            `the disk of ${path} is full (${freeMb} MB free): what cannot be remembered is not begun`,
            cure,
          ),
        ];
      if (freeMb < SCARCE_MB) return [warn(`the disk of ${path} is nearly full (${freeMb} MB free)`, cure)];
      return [];
    });
  },
};
