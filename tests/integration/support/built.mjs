// Where the programs under test are: beside the server that VIVA names, or in the release preset's folder.
import path from "node:path";
import { fileURLToPath } from "node:url";

export const binary = process.env.VIVA ?? fileURLToPath(new URL("../../../build/release/viva", import.meta.url));
export const program = (name) => path.join(path.dirname(binary), name);
