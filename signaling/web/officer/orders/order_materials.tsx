/** The pictures of an order, and what its face check found. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { FaceCheck } from "../../client/api_facecheck";
import type { Order, OrderMaterial } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { facecheckPath, materialPath } from "../../client/pictures";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { whenOf } from "../../client/ui/order_words";
import { CheckDialog, CheckFacts, checkPlaces } from "../check_view";
import { FieldsView, Photo, ThreeWay } from "../evidence";
import { Viewer, type ViewedPicture } from "../viewer";
import { Card } from "./order_cards";
import type { OrderDesk } from "./order_desk";
import type { WithOrder } from "./order_view";

const THUMBNAIL_PX = 320;

interface Shown {
  viewed: ViewedPicture;
  thumbnail: { path: string; version: string };
}

function ofOrder(order: Order, material: OrderMaterial): Shown | null {
  const { slot, uploaded_at: version } = material;
  if (version === null) return null;
  const facts = `${whenOf(order, version)} · ${material.width} × ${material.height} px · ${((material.file_bytes ?? 0) / 1e6).toFixed(1)} MB`;
  return {
    viewed: { id: slot, name: messages.value.review.slots[slot], facts, place: { path: materialPath(order.id, slot), version } },
    thumbnail: { path: materialPath(order.id, slot, THUMBNAIL_PX), version },
  };
}

/** Portrait and data page, where they came with the face check, and its best frame. */
function ofCheck(order: Order, check: FaceCheck | null): Shown[] {
  if (!check) return [];
  const m = messages.value.review;
  return (["portrait", "page"] as const).flatMap((slot) => {
    const material = check.materials[slot];
    if (!material) return [];
    const place = { path: facecheckPath(check.id, slot), version: material.uploaded_at };
    const facts = `${whenOf(order, material.uploaded_at)} · ${material.width} × ${material.height} px`;
    return [{ viewed: { id: `check-${slot}`, name: m.slots[slot], facts, place }, thumbnail: place }];
  });
}

const shownOf = (desk: OrderDesk, order: Order): Shown[] => [
  ...ofCheck(order, desk.check.value),
  ...order.materials.flatMap((material) => ofOrder(order, material) ?? []),
];

export const viewedPictures = (desk: OrderDesk, order: Order): ViewedPicture[] => shownOf(desk, order).map(({ viewed }) => viewed);

export function MaterialsCard({ desk, order }: WithOrder): JSX.Element {
  const m = messages.value.review;
  const shown = shownOf(desk, order);
  const absent = order.materials.filter((material) => material.uploaded_at === null && material.needed);
  const viewing = desk.viewing.value;
  return (
    <Card title={m.materialsTitle} id="materials">
      {shown.length === 0 && absent.length === 0 && <p class="muted">{m.materialsNone}</p>}
      <ul class="materials">
        {shown.map(({ viewed, thumbnail }) => (
          <li key={viewed.id}>
            <button
              type="button"
              class="material-thumb"
              aria-label={m.enlarge({ name: viewed.name })}
              onClick={() => (desk.viewing.value = viewed.id)}
              {...testId("material-thumb")}
              data-slot={viewed.id}
            >
              <Photo key={thumbnail.version} pictures={desk.pictures} place={thumbnail} name="" />
              <span>{viewed.name}</span>
            </button>
          </li>
        ))}
        {absent.map(({ slot }) => (
          <li key={slot} class="material-absent" {...testId("material-absent")} data-slot={slot}>
            <span class="photo-none">{m.notUploaded}</span>
            <span>{m.slots[slot]}</span>
          </li>
        ))}
      </ul>
      {viewing !== null && (
        <Viewer
          pictures={desk.pictures}
          list={shown.map(({ viewed }) => viewed)}
          shown={viewing}
          onShow={(id) => (desk.viewing.value = id)}
          onClose={() => (desk.viewing.value = null)}
        />
      )}
    </Card>
  );
}

export function FaceCheckCard({ desk, order }: WithOrder): JSX.Element {
  const m = messages.value;
  const open = useSignal(false);
  const check = desk.check.value;
  if (!order.facecheck) {
    return (
      <Card title={m.review.facecheckTitle} id="facecheck">
        <p class="muted">{m.review.facecheckNone}</p>
      </Card>
    );
  }
  return (
    <Card
      title={m.review.facecheckTitle}
      id="facecheck"
      end={
        check && (
          <Button id="check-details" onClick={() => (open.value = true)}>
            {m.facecheck.officer.details}
          </Button>
        )
      }
    >
      {check && (
        <>
          <CheckFacts check={check} />
          {Object.keys(checkPlaces(check)).length > 0 && (
            <ThreeWay comparison={check.comparison ?? null} places={checkPlaces(check)} pictures={desk.pictures} />
          )}
          {check.fields && <FieldsView fields={check.fields} />}
        </>
      )}
      {check && open.value && <CheckDialog session={desk.session} check={check} pictures={desk.pictures} onClose={() => (open.value = false)} />}
    </Card>
  );
}
