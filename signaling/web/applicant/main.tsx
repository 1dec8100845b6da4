import { render } from "preact";
import { takeTicket } from "../client/credentials";
import { App } from "./app";
import { ApplicantSession } from "./session";

const session = new ApplicantSession(takeTicket());
// A link pasted over this page changes the fragment alone, which loads nothing.
addEventListener("hashchange", () => location.reload());

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App session={session} />, root);
  session.start();
}
