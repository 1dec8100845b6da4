/** The parts that both pages are made of. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { QualityLevel } from "../api";
import { ticking } from "../clock";
import { chooseLanguage, language, LANGUAGES, messages, type Language } from "../i18n";
import type { Problem } from "../problem";
import type { SentMedia } from "../room";
import { testId } from "../testids";
import { dark, toggleTheme } from "../theme";
import { clockTime, viewerZone } from "../time";
import { Icon, type IconName, Mark } from "./icons";

export function Brand({ text }: { text: string }): JSX.Element {
  return (
    <span class="brand">
      <Mark />
      <span>{text}</span>
    </span>
  );
}

export function LanguageSwitch(): JSX.Element {
  const m = messages.value;
  return (
    <label class="language">
      <span class="visually-hidden">{m.language}</span>
      <select
        {...testId("lang-switch")}
        value={language.value}
        onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
      >
        {(Object.keys(LANGUAGES) as Language[]).map((key) => (
          <option key={key} value={key} lang={key} selected={key === language.value}>
            {LANGUAGES[key].name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ThemeSwitch(): JSX.Element {
  const m = messages.value;
  const name = dark.value ? m.lightTheme : m.darkTheme;
  return (
    <button
      type="button"
      class="quiet"
      aria-label={name}
      title={name}
      onClick={toggleTheme}
      {...testId("theme-switch")}
      data-dark={dark.value}
    >
      <Icon name={dark.value ? "sun" : "moon"} />
    </button>
  );
}

/** How the reader wants the page, at the end of its header. */
export function Preferences(): JSX.Element {
  return (
    <div class="preferences">
      <LanguageSwitch />
      <ThemeSwitch />
    </div>
  );
}

/** A view's heading. It takes the focus, so that a screen reader reads on from here. */
export function Heading({ children, title }: { children: ComponentChildren; title: string }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

interface ButtonProps {
  id?: string;
  look?: "primary" | "danger" | "accept" | "plain";
  icon?: IconName;
  disabled?: boolean;
  busy?: boolean;
  /** Has the focus when its dialog opens. */
  focus?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

export function Button({ id, look, icon, disabled, busy, focus, onClick, children }: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={look ? `button ${look}` : "button"}
      disabled={disabled || busy}
      aria-busy={busy ? "true" : undefined}
      autofocus={focus}
      onClick={onClick}
      {...(id ? testId(id) : {})}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A round button of a call; its name is for screen readers and the tooltip. */
export function RoundButton(props: {
  id: string;
  icon: IconName;
  name: string;
  off?: boolean;
  look?: "hang-up";
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={props.look ? `round ${props.look}` : "round"}
      aria-label={props.name}
      title={props.name}
      data-off={props.off}
      onClick={props.onClick}
      {...testId(props.id)}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** What another party has switched off, as far as we were told. */
export function SwitchedOff({ sends }: { sends: SentMedia | undefined }): JSX.Element {
  const m = messages.value;
  const sign = (icon: IconName, name: string): JSX.Element => (
    <span class="sign" role="img" aria-label={name} title={name}>
      <Icon name={icon} />
    </span>
  );
  return (
    <>
      {sends?.microphone === "muted" && sign("micOff", m.mutedMark)}
      {sends?.camera === "off" && sign("cameraOff", m.cameraOffMark)}
    </>
  );
}

export function ProblemNote({ problem, children }: { problem: Problem; children?: ComponentChildren }): JSX.Element {
  const text = messages.value.problems[problem.code];
  return (
    <div class="note danger" role="alert" {...testId("problem")} data-code={problem.code}>
      <Icon name="warn" />
      <div>
        <p class="strong">{text.what}</p>
        <p>{text.next}</p>
        {children}
      </div>
    </div>
  );
}

/** A native modal dialog that is open as long as it is rendered. */
export function Dialog(props: {
  title: string;
  id: string;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={props.wide ? "wide" : undefined}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      {...testId(props.id)}
    >
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="quiet" aria-label={messages.value.close} onClick={props.onClose}>
          <Icon name="cross" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

export function Video(props: {
  stream: MediaStream | null;
  name: string;
  id?: string;
  muted?: boolean;
  mirrored?: boolean;
}): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const silenced = useSignal(false);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = props.stream;
    if (!props.stream) return;
    // A page that was reloaded without a touch may have to stay silent until there is one.
    element.play().catch((error: unknown) => {
      silenced.value = error instanceof DOMException && error.name === "NotAllowedError";
    });
  }, [props.stream]);
  return (
    <>
      <video
        ref={video}
        class={props.mirrored ? "mirrored" : undefined}
        autoplay
        playsInline
        muted={props.muted}
        aria-label={props.name}
        {...(props.id ? testId(props.id) : {})}
      />
      {silenced.value && (
        <button
          type="button"
          class="button play-sound"
          onClick={() => void video.current?.play().then(() => (silenced.value = false))}
          {...testId("play-sound")}
        >
          <Icon name="sound" />
          {messages.value.playSound}
        </button>
      )}
    </>
  );
}

/** Four bars and words; colour is never the only sign. */
export function QualityMark({ level, words }: { level: QualityLevel; words?: boolean }): JSX.Element {
  const text = messages.value.qualities[level];
  return (
    <span class="quality" data-level={level} title={text} {...testId("quality")}>
      <svg viewBox="0 0 20 16" class="bars" role="img" aria-label={text}>
        {[1, 2, 3, 4].map((bar) => (
          <rect key={bar} x={(bar - 1) * 5} y={16 - bar * 4} width="3.5" height={bar * 4} rx="1" />
        ))}
      </svg>
      {words && <span aria-hidden="true">{text}</span>}
    </span>
  );
}

/** Banners about the connection to the server, above everything else. */
export function Banners({ lost, drainingUntil }: { lost: boolean; drainingUntil: string | null }): JSX.Element {
  const m = messages.value;
  return (
    <div class="banners" role="status" aria-live="polite">
      {lost && (
        <p class="banner warn" {...testId("reconnecting")}>
          <span class="spinner" aria-hidden="true" />
          {m.reconnecting}
        </p>
      )}
      {drainingUntil !== null && (
        <p class="banner" {...testId("draining")}>
          {m.drainingNotice({ until: clockTime(drainingUntil, language.value, viewerZone()) })}
        </p>
      )}
    </div>
  );
}

/** Seconds since an instant (negative before it), following the clock. */
export const secondsSince = (instant: string): number => (ticking.value - Date.parse(instant)) / 1000;
