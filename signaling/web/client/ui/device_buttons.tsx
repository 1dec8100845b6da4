/** What a party switches on this device during a call; the page puts it into its own toolbar. */
import type { JSX } from "preact";
import type { LocalMedia } from "../devices";
import { messages } from "../i18n";
import { RoundButton } from "./basics";

export function DeviceButtons({ local }: { local: LocalMedia }): JSX.Element {
  const m = messages.value;
  return (
    <>
      <RoundButton
        id="mute"
        icon={local.microphoneOn.value ? "mic" : "micOff"}
        name={local.microphoneOn.value ? m.mute : m.unmute}
        off={!local.microphoneOn.value}
        onClick={() => local.setMicrophone(!local.microphoneOn.peek())}
      />
      <RoundButton
        id="camera"
        icon={local.cameraOn.value ? "camera" : "cameraOff"}
        name={local.cameraOn.value ? m.cameraOff : m.cameraOn}
        off={!local.cameraOn.value}
        onClick={() => local.setCamera(!local.cameraOn.peek())}
      />
      {local.cameras.value.length > 1 && (
        <RoundButton id="switch-camera" icon="switch" name={m.switchCamera} onClick={() => void local.nextCamera()} />
      )}
    </>
  );
}
