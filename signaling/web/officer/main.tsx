import { render } from "preact";
import { followTheme } from "../client/theme";
import { App } from "./app";
import { OfficerSession } from "./session";

const session = new OfficerSession();
const root = document.getElementById("app");
followTheme();
if (root) {
  root.replaceChildren();
  render(<App session={session} />, root);
  session.start();
}
