/** Pictures looked at large, one after the other. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { messages } from "../client/i18n";
import type { Pictures } from "../client/pictures";
import { testId } from "../client/testids";
import { Dialog } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import type { PicturePlace } from "./evidence";
import { useShortcuts } from "./keys";
import { WHOLE, type View } from "./zoom";
import { ZoomButtons, ZoomPane } from "./zoom_pane";

export interface ViewedPicture {
  id: string;
  name: string;
  /** Beneath the name, such as when it was uploaded. */
  facts: string;
  place: PicturePlace;
}

export function Viewer(props: {
  pictures: Pictures;
  list: readonly ViewedPicture[];
  shown: string;
  onShow: (id: string) => void;
  onClose: () => void;
}): JSX.Element | null {
  const m = messages.value.desk;
  const view = useSignal<View>(WHOLE);
  const frame = useRef<HTMLDivElement>(null);
  const place = props.list.findIndex((one) => one.id === props.shown);
  const picture = props.list[place];
  useEffect(() => {
    view.value = WHOLE;
    frame.current?.querySelector<HTMLElement>(".zoom-pane")?.focus();
  }, [props.shown]);
  const step = (by: 1 | -1): void => {
    const next = props.list[place + by];
    if (next) props.onShow(next.id);
  };
  useShortcuts(
    m.keys.picture,
    [
      { keys: "n", name: m.viewer.next, act: () => step(1) },
      { keys: "p", name: m.viewer.previous, act: () => step(-1) },
    ],
    true,
  );
  if (!picture) return null;
  return (
    <Dialog title={picture.name} id="viewer" wide onClose={props.onClose}>
      <div class="viewer" ref={frame}>
        <ZoomPane
          key={picture.id}
          view={view}
          pictures={props.pictures}
          place={picture.place}
          name={picture.name}
          onOtherKey={(key) => {
            if (key === "ArrowRight") step(1);
            if (key === "ArrowLeft") step(-1);
          }}
        />
        <div class="viewer-foot">
          <StepButton id="viewer-previous" icon="back" name={m.viewer.previous} disabled={place <= 0} onClick={() => step(-1)} />
          <span class="viewer-facts">
            <span class="strong" {...testId("viewer-place")}>
              {place + 1} / {props.list.length}
            </span>{" "}
            <span class="muted">{picture.facts}</span>
          </span>
          <StepButton id="viewer-next" icon="forward" name={m.viewer.next} disabled={place >= props.list.length - 1} onClick={() => step(1)} />
          <ZoomButtons view={view} />
          <span class="muted viewer-hint">{m.viewer.hint}</span>
        </div>
      </div>
    </Dialog>
  );
}

function StepButton(props: { id: string; icon: "back" | "forward"; name: string; disabled: boolean; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="quiet" aria-label={props.name} title={props.name} disabled={props.disabled} onClick={props.onClick} {...testId(props.id)}>
      <Icon name={props.icon} />
    </button>
  );
}
