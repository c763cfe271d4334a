import { playTopic } from "../play-topic.ts";

playTopic(import.meta.dir);
