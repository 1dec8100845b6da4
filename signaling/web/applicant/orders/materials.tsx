/** The pictures of an order: one row for each, to be chosen, taken, looked at, replaced and removed (D-10 … D-12). */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { OrderMaterial } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { materialPath } from "../../client/pictures";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { whenOf } from "../../client/ui/order_words";
import { Upload } from "../upload/upload";
import { ChooseFile, UploadStatus } from "../upload/upload_view";
import { Ask } from "./ask";
import { hasDocument } from "./kinds";
import { isMissing } from "./next";
import type { PartProps } from "./part";

const THUMBNAIL_PX = 320;

export function Materials(props: PartProps): JSX.Element {
  const { order } = props;
  const m = messages.value.orders;
  const needed = order.materials.filter((material) => material.needed || material.uploaded_at !== null);
  const others = order.materials.filter((material) => !needed.includes(material));
  return (
    <div class="stack">
      {hasDocument(order) && <p class="muted">{m.materialsInCheck}</p>}
      {order.can.edit && order.materials.length > 0 && <p class="muted small">{m.materialRules}</p>}
      <ul class="slots">
        {needed.map((material) => (
          <Row key={material.slot} {...props} material={material} />
        ))}
      </ul>
      {order.can.edit && others.length > 0 && (
        <details class="more-slots">
          <summary {...testId("more-slots")}>
            {others.map(({ slot }) => messages.value.review.slots[slot]).join(" · ")} ({m.optional})
          </summary>
          <ul class="slots">
            {others.map((material) => (
              <Row key={material.slot} {...props} material={material} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Row({ session, order, material }: PartProps & { material: OrderMaterial }): JSX.Element {
  const m = messages.value.orders;
  const { slot } = material;
  const name = messages.value.review.slots[slot];
  const removing = useSignal(false);
  // The order's version moves on with its pictures, so the whole of it is asked for anew.
  const upload = useMemo(
    () => new Upload({ slot, sender: "holder", path: materialPath(order.id, slot), resumable: true }, () => void session.load()),
    [session, order.id, slot],
  );
  useEffect(() => () => upload.cancel(), [upload]);
  const missing = isMissing(order, "materials", slot);
  const again = order.supplement?.slots.includes(slot) ?? false;
  const sending = upload.status.value.state === "sending";
  return (
    <li class="slot" {...testId("slot")} data-slot={slot} data-missing={missing}>
      <div class="slot-head">
        <Thumbnail session={session} orderId={order.id} material={material} name={name} />
        <div>
          <p class="strong">
            {name} {material.needed && material.uploaded_at === null && <span class="chip warn">{m.needed}</span>}
          </p>
          {material.uploaded_at === null || missing ? (
            <p class="muted small">{m.slotHints[slot]}</p>
          ) : (
            <p class="muted small">
              {m.uploadedAt({ when: whenOf(order, material.uploaded_at) })} · {fileSize(material.file_bytes ?? 0)}
            </p>
          )}
          {again && missing && (
            <p class="field-hint">
              <Icon name="warn" />
              {m.askedAgain}
            </p>
          )}
        </div>
      </div>
      <UploadStatus upload={upload} />
      {order.can.edit && !sending && (
        <div class="slot-actions">
          <ChooseFile upload={upload} again={material.uploaded_at !== null} camera={slot === "portrait" ? "user" : "environment"} plain />
          {material.uploaded_at !== null && (
            <Button id={`remove-${slot}`} icon="cross" onClick={() => (removing.value = true)}>
              {m.remove}
            </Button>
          )}
        </div>
      )}
      {removing.value && (
        <Ask
          id={`remove-${slot}`}
          title={m.removeTitle}
          text={m.removeText({ name })}
          confirm={m.remove}
          act={async () => {
            await upload.remove();
            return true; // a refusal stands in the row
          }}
          onClose={() => (removing.value = false)}
        />
      )}
    </li>
  );
}

function Thumbnail(props: { session: PartProps["session"]; orderId: string; material: OrderMaterial; name: string }): JSX.Element {
  const { session, orderId, material, name } = props;
  const { slot, uploaded_at: version } = material;
  const url = useSignal<string | null>(null);
  useEffect(() => {
    let current = true;
    url.value = null;
    if (version === null) return;
    session.pictures.get(materialPath(orderId, slot, THUMBNAIL_PX), version).then(
      (picture) => void (current && (url.value = picture.url)),
      () => undefined, // the row still says that there is one
    );
    return () => void (current = false);
  }, [session, orderId, slot, version]);
  return (
    <div class="slot-picture" data-loaded={url.value !== null}>
      {url.value !== null ? <img src={url.value} alt={name} {...testId("thumbnail")} /> : <Icon name={version === null ? "document" : "check"} />}
    </div>
  );
}

const fileSize = (bytes: number): string => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
