/** Portrait, data page and live still side by side, at the same spot and the same size. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button, Video } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import type { Desk } from "../desk";
import type { DeskProps } from "../interview";
import { WHOLE, type View } from "../zoom";
import { ZoomButtons, ZoomPane } from "../zoom_pane";
import { ofCapture, ofCheck, ofOrder, PANES, sourceOf, type PaneName, type Source } from "./sources";

function sourcesOf(desk: Desk): Source[] {
  const order = desk.conduct.order.value;
  const parties = desk.interview.value?.parties ?? [];
  const [check] = desk.checks.value;
  return [
    ...(check ? ofCheck(check) : []),
    ...(order ? ofOrder(order) : []),
    ...desk.captures.value.map((capture) => ofCapture(capture, parties.find((party) => party.id === capture.party_id)?.name ?? "")),
  ];
}

export function Compare({ desk }: DeskProps): JSX.Element {
  const m = messages.value.desk.compare;
  const together = useSignal(true);
  const shared = useSignal<View>(WHOLE);
  const sources = sourcesOf(desk);
  return (
    <section class="compare" aria-label={m.title} {...testId("compare")}>
      <div class="compare-panes">
        {PANES.map((pane) => (
          <Pane key={pane} desk={desk} pane={pane} sources={sources} shared={together.value ? shared : null} />
        ))}
        <LiveTile desk={desk} />
      </div>
      <div class="compare-foot">
        <label class="switch">
          <input type="checkbox" checked={together.value} onChange={(event) => (together.value = event.currentTarget.checked)} {...testId("compare-together")} />
          {m.together}
        </label>
        {together.value && <ZoomButtons view={shared} />}
        {desk.conduct.able.value && (
          <Button id="compare-face" icon="face" disabled={!desk.capturable.value} onClick={() => void desk.capture("face")}>
            {m.takeFace}
          </Button>
        )}
        <Button id="compare-close" onClick={() => (desk.conduct.comparing.value = false)}>
          <Icon name="camera" />
          {m.close}
          <kbd aria-hidden="true">C</kbd>
        </Button>
      </div>
    </section>
  );
}

/** Whoever is seen large stays in sight. */
function LiveTile({ desk }: DeskProps): JSX.Element | null {
  const shown = desk.call.incoming.value.find((party) => party.party_id === desk.large.value?.id);
  if (!shown) return null;
  return (
    <div class="tile compare-live">
      <Video key={shown.party_id} stream={shown.stream} name={messages.value.videoOf({ name: shown.name })} />
      <span class="tile-name">{shown.name}</span>
    </div>
  );
}

function Pane(props: DeskProps & { pane: PaneName; sources: readonly Source[]; shared: Signal<View> | null }): JSX.Element {
  const m = messages.value.desk.compare;
  const { desk, pane, sources, shared } = props;
  const chosen = useSignal<string | null>(null);
  const own = useSignal<View>(WHOLE);
  const source = sourceOf(pane, chosen.value, sources);
  return (
    <figure class="compare-pane" {...testId("compare-pane")} data-pane={pane} data-source={source?.id}>
      <figcaption>
        <span class="strong">{m[pane]}</span>
        <select aria-label={m[pane]} value={source?.id ?? ""} onChange={(event) => (chosen.value = event.currentTarget.value)}>
          {!source && <option value="">{m.none}</option>}
          {sources.map((one) => (
            <option key={one.id} value={one.id} selected={one.id === source?.id}>
              {one.name}
            </option>
          ))}
        </select>
      </figcaption>
      <ZoomPane key={source?.id ?? "none"} view={shared ?? own} pictures={desk.pictures} place={source?.place ?? null} name={source?.name ?? m[pane]} />
    </figure>
  );
}
