/** Line icons of 24 px. They decorate: the control around them has the name. */
import type { JSX } from "preact";

const PATHS = {
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.500V21",
  micOff: "M4 4l16 16M9 9v2a3 3 0 0 0 4.8 2.400M15 10.500V6a3 3 0 0 0-5.8-1M5.5 11a6.5 6.5 0 0 0 10.4 5.200M18.3 12.500q.2-.7.2-1.500M12 17.500V21",
  camera: "M4.5 7h9A1.5 1.5 0 0 1 15 8.500v7a1.5 1.5 0 0 1-1.5 1.500h-9A1.5 1.5 0 0 1 3 15.500v-7A1.5 1.5 0 0 1 4.5 7ZM15 11l6-3.500v9L15 13",
  cameraOff: "M4 4l16 16M8.5 7h5A1.5 1.5 0 0 1 15 8.500V11l6-3.500v9l-4-2.300M14.7 16.400A1.5 1.5 0 0 1 13.5 17h-9A1.5 1.5 0 0 1 3 15.500v-7A1.5 1.5 0 0 1 4.4 7",
  switch: "M4 9.500A8 8 0 0 1 18.5 7L20 8.500M20 4v4.500h-4.500M20 14.500A8 8 0 0 1 5.5 17L4 15.500M4 20v-4.500h4.5",
  phone: "M6 3.500h3l1.5 4.5-2 1.500a12 12 0 0 0 6 6l1.5-2 4.5 1.500v3a2 2 0 0 1-2 2A16.5 16.5 0 0 1 4 5.500a2 2 0 0 1 2-2Z",
  hangUp: "M3 15.500v-2c5-4.7 13-4.7 18 0v2l-4.5 1.3-1.3-3.300a12 12 0 0 0-6.4 0l-1.3 3.300Z",
  check: "M5 12.500l4.5 4.500L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  warn: "M12 4 2.8 20h18.400ZM12 10v4.500M12 17.200v.1",
  clock: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.500V12l3 2",
  lock: "M6.5 11h11A1.5 1.5 0 0 1 19 12.500v6a1.5 1.5 0 0 1-1.5 1.500h-11A1.5 1.5 0 0 1 5 18.500v-6A1.5 1.5 0 0 1 6.5 11ZM8 11V8a4 4 0 0 1 8 0v3",
  shield: "M12 3l7.5 2.500v6c0 4.5-3 7.7-7.5 9.5-4.5-1.8-7.5-5-7.5-9.500v-6ZM12 8v4.500M12 15.700v.1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.500c.7-4 3.7-6 7.5-6s6.8 2 7.5 6",
  sound: "M4 9.500v5h3.500l5 4v-13l-5 4ZM16 9a4.5 4.5 0 0 1 0 6M18.5 6.500a8 8 0 0 1 0 11",
  network: "M3 9.500a13 13 0 0 1 18 0M6 13a9 9 0 0 1 12 0M9 16.500a4.5 4.5 0 0 1 6 0M12 20v.1",
  face: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9 10v.1M15 10v.1M8.5 14.500a4.5 4.5 0 0 0 7 0",
  document: "M6.5 3.500h11A1.5 1.5 0 0 1 19 5v14a1.5 1.5 0 0 1-1.5 1.500h-11A1.5 1.5 0 0 1 5 19V5a1.5 1.5 0 0 1 1.5-1.500ZM9 15.500h6M9 18h4M12 6.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  other: "M4 8.500A1.5 1.5 0 0 1 5.5 7H8l1.5-2.500h5L16 7h2.500A1.5 1.5 0 0 1 20 8.500v9a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500ZM12 9.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  moon: "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10Z",
  back: "M14.5 5.5 8 12l6.5 6.5",
  forward: "M9.5 5.5 16 12l-6.5 6.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark: a V that ends in a person. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="7" />
      <path class="mark-line" d="M7.5 10.5 16 23l8.5-12.5" />
      <circle class="mark-dot" cx="16" cy="9.5" r="2.4" />
    </svg>
  );
}
