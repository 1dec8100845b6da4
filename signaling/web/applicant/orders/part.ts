/** What every part of the order's page is given. */
import type { Order } from "../../client/api_order";
import type { OrderSession } from "./order_session";

export interface PartProps {
  session: OrderSession;
  order: Order;
  /** Saves what is typed, before something else is done with the order. */
  flush: () => Promise<void>;
}
