import { killAtEveryMoment } from "./every-moment.ts";

killAtEveryMoment("slave");
