import { render } from "preact";
import { takeTicket } from "../client/credentials";
import { followTheme } from "../client/theme";
import { App } from "./app";
import { ApplicantSession } from "./session";

const session = new ApplicantSession(takeTicket());
// A link pasted over this page changes the fragment alone, which loads nothing.
addEventListener("hashchange", () => location.reload());

const root = document.getElementById("app");
followTheme();
if (root) {
  root.replaceChildren();
  render(<App session={session} />, root);
  session.start();
}
