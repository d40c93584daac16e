/** The Web Worker of the page: a studio that speaks by messages. */
import { availableBackends, useBackend } from "./backends";
import type { Reply, Request } from "./messages";
import { Studio } from "./studio";

const reply = (reply: Reply) => self.postMessage(reply);
const studio = new Studio(reply, useBackend);

self.onmessage = ({ data }: MessageEvent<Request>) => studio.handle(data);
reply({ type: "ready", backends: await availableBackends() });
