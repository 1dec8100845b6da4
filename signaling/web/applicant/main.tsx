import { render } from "preact";
import { CredentialStore, takeTicket } from "../client/credentials";
import { followTheme } from "../client/theme";
import { App } from "./app";
import { Home } from "./home/home";
import { installShell } from "./home/install";
import { isTicketPage } from "./home/route";
import { HomeApp } from "./home/view";
import { ApplicantSession } from "./session";

function ticketPage(): boolean {
  const ticket = new CredentialStore("applicant");
  return isTicketPage(location.hash, {
    tabTicket: ticket.loadTab().ticket !== undefined,
    ticket: ticket.load().ticket !== undefined,
    holder: new CredentialStore("holder").load().token !== undefined,
  });
}

const root = document.getElementById("app");
followTheme();
if (root && ticketPage()) {
  const session = new ApplicantSession(takeTicket());
  // A link pasted over this page changes the fragment alone, which loads nothing.
  addEventListener("hashchange", () => location.reload());
  root.replaceChildren();
  render(<App session={session} />, root);
  session.start();
} else if (root) {
  const home = new Home();
  root.replaceChildren();
  render(<HomeApp home={home} />, root);
  home.start();
}
installShell();
