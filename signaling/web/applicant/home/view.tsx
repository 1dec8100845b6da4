/** The account holder's page: its frame with the navigation, and what the address says in it. */
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Banners, Brand, Button, Heading, Preferences, ProblemNote } from "../../client/ui/basics";
import { Icon, type IconName } from "../../client/ui/icons";
import { App } from "../app";
import { NewOrder } from "../orders/new_order";
import { OrderPage } from "../orders/order_page";
import { AccountView } from "./account_view";
import { ElsewhereView } from "./elsewhere";
import type { Home } from "./home";
import { MessagesView } from "./messages_view";
import { Loading, OrdersView } from "./orders_view";
import { orderPath, pagePath, type Page, type Route } from "./route";
import { SignInView } from "./sign_in";

export interface HomeProps {
  home: Home;
}

export function HomeApp({ home }: HomeProps): JSX.Element {
  const route = home.route.value;
  if (route.view === "inside" && home.account.value) return <Inside home={home} route={route} />;
  const signedIn = home.account.value !== null && !home.replaced.value;
  return (
    <>
      <Banners lost={home.rpc.status.value === "lost"} drainingUntil={home.drainingUntil.value} />
      <header class="top home-top">
        <Brand text={home.book.value ? messages.value.home.brand : messages.value.applicant.brand} />
        {signedIn && <Navigation home={home} />}
        <Preferences />
      </header>
      <main class="column home-column">
        <Body home={home} />
      </main>
    </>
  );
}

function Body({ home }: HomeProps): JSX.Element {
  const route = home.route.value;
  if (home.replaced.value) return <Replaced home={home} />;
  if (home.starting.value) return <Loading />;
  if (!home.book.value) return <ElsewhereView />;
  if (!home.account.value) return <SignInView home={home} />;
  switch (route.view) {
    case "order":
      return <OrderPage key={route.id} home={home} orderId={route.id} />;
    case "new":
      return <NewOrder home={home} />;
    case "messages":
      return <MessagesView home={home} />;
    case "account":
      return <AccountView home={home} />;
    default:
      return <OrdersView home={home} />;
  }
}

const ENTRIES: readonly { page: Page; icon: IconName }[] = [
  { page: "orders", icon: "document" },
  { page: "messages", icon: "speech" },
  { page: "account", icon: "person" },
];

/** Beside the brand, or at the thumb of who holds a phone. */
function Navigation({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const unread = home.unread.value;
  const at = home.route.value.view;
  const current = at === "messages" || at === "account" ? at : "orders";
  return (
    <nav class="home-nav" aria-label={m.navigation}>
      {ENTRIES.map(({ page, icon }) => (
        <a key={page} href={pagePath(page)} aria-current={page === current ? "page" : undefined} {...testId(`nav-${page}`)}>
          <span class="nav-icon">
            <Icon name={icon} />
            {page === "messages" && unread > 0 && (
              <span class="unread" {...testId("unread")} data-n={unread}>
                <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
                <span class="visually-hidden">{m.unread({ n: unread })}</span>
              </span>
            )}
          </span>
          <span>{m[page as "orders" | "messages" | "account"]}</span>
        </a>
      ))}
    </nav>
  );
}

/** The face check or interview, with the way back. In the call itself nothing else is on the screen. */
function Inside({ home, route }: HomeProps & { route: Extract<Route, { view: "inside" }> }): JSX.Element {
  const m = messages.value.home;
  const session = home.inside.value;
  const inCall = session?.view.value === "call" || session?.submission.value?.live.running;
  return (
    <>
      {!inCall && (
        <nav class="way-back" aria-label={m.navigation}>
          <a href={orderPath(route.id)} {...testId("back-to-order")}>
            <Icon name="back" />
            {m.backToOrder}
          </a>
        </nav>
      )}
      {session && <App session={session} />}
      {!session && (
        <main class="column">{home.problem.value ? <ProblemNote problem={home.problem.value} /> : <Loading />}</main>
      )}
    </>
  );
}

function Replaced({ home }: HomeProps): JSX.Element {
  const m = messages.value.applicant;
  return (
    <section class="message" {...testId("replaced")}>
      <Heading title={m.replacedTitle}>{m.replacedTitle}</Heading>
      <Button id="use-here" onClick={() => home.takeOver()}>
        {m.useHere}
      </Button>
    </section>
  );
}
