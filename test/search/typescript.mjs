// For threads of programs that do not run under tsx themselves: `--import tsx` does nothing in a thread.
import { register } from "tsx/esm/api";

register();
