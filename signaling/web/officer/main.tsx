import { render } from "preact";
import { App } from "./app";
import { OfficerSession } from "./session";

const session = new OfficerSession();
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App session={session} />, root);
  session.start();
}
