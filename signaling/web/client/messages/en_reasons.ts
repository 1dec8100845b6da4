import type { ReasonCode, ReasonText } from "../reasons";

export const reasons: Record<ReasonCode, ReasonText> = {
  empty: { what: "The file is empty.", next: "Choose the picture again." },
  file_too_large: { what: "The picture is larger than 5 MB.", next: "Take it with a lower resolution, or choose another." },
  wrong_type: { what: "The file is not a JPEG picture.", next: "Choose a picture that ends in .jpg." },
  truncated: { what: "The file ends in the middle of the picture.", next: "Save or copy it again, then choose it again." },
  decode: { what: "The picture is damaged and cannot be opened.", next: "Choose another, or take a new one." },
  size: { what: "The picture has too many pixels.", next: "Save it smaller, at most 25 megapixels, and choose it again." },
  too_small: { what: "The picture has too few pixels.", next: "Choose the original instead of a small copy of it." },
  unsupported: {
    what: "The picture is a rare kind of JPEG that cannot be opened here.",
    next: "Open it in a picture program, save it as a normal JPEG, and choose that.",
  },
  no_face: { what: "No face can be seen.", next: "Show the whole face from the front, with light on it." },
  several_faces: { what: "More than one face can be seen.", next: "Only one person may be in the picture." },
  no_document: {
    what: "No passport data page can be seen.",
    next: "Show the page with your photo and the two lines of letters and < signs at the bottom.",
  },
  no_video: { what: "No video arrived from the camera.", next: "Check that the camera is not covered or in use, then try again." },
  video_too_long: { what: "The video took too long.", next: "Try again and do each task when it is shown." },
  live_gone: { what: "The server lost the video.", next: "Try again in a moment. This is not counted." },
  timeout: { what: "Looking at it took the server too long.", next: "Try again in a moment." },
  worker_lost: { what: "The server could not finish looking at it.", next: "Try again in a moment." },

  stopped: { what: "The try was stopped.", next: "It is not counted. Begin again whenever you like." },
  peer_gone: { what: "The connection to the camera was lost.", next: "It is not counted. Try again where the connection is better." },
  draining: { what: "The server is being maintained.", next: "It is not counted. Try again in a few minutes." },

  face_too_small: { what: "The face is too small in the picture.", next: "Take it from nearer, so that the face fills about half the height." },
  too_dark: { what: "It is too dark.", next: "Find more light, best from the front." },
  too_bright: { what: "It is too bright.", next: "Leave the bright sun or lamp." },
  low_contrast: { what: "The picture is pale and flat.", next: "Use even light, and clean the lens." },
  blurred: { what: "The picture is blurred.", next: "Hold still, clean the lens, and wait until it is sharp." },
  turned: { what: "The face is turned to the side.", next: "Look straight into the camera." },
  tilted: { what: "The head is tilted.", next: "Hold the head upright." },
  eyes_closed: { what: "The eyes are closed or hidden.", next: "Keep both eyes open and visible." },
  occluded: { what: "A part of the face is covered.", next: "Take off mask, hat or dark glasses, and move hair from the face." },

  glare: { what: "Light is reflected on the page.", next: "Turn the page away from the lamp or window, and use no flash." },
  cut_off: { what: "A part of the page is missing.", next: "Show all four corners of the page." },
  page_too_small: { what: "The page is too small in the picture.", next: "Go nearer, until the page fills the picture." },
  mrz_unreadable: {
    what: "The two lines at the bottom of the page cannot be read.",
    next: "Lay the page flat, go nearer, and make sure that both lines are sharp and whole.",
  },
  no_portrait: { what: "No photo can be seen on the page.", next: "Show the page with your photo, without glare on it." },

  task_not_done: { what: "A task was not seen.", next: "Do the movement clearly, as soon as it is shown." },
  task_too_late: { what: "A task was done too late.", next: "Do the movement as soon as it is shown." },
  wrong_task: { what: "Another movement was seen than the one shown.", next: "Left and right are your own, as in a mirror." },
  different_person: { what: "The face did not seem to be the same person throughout.", next: "Be alone, and stay in the picture." },
  frozen: { what: "The video stood still.", next: "Close other programs, use a better connection, and try again." },
  repeated: { what: "The video repeated itself.", next: "Use the camera itself, not a program that plays a video." },
  still_picture: { what: "This looked like a picture rather than a person.", next: "Sit before the camera yourself, with light from the front." },
  background_jump: { what: "The background changed suddenly.", next: "Stay in one place, and use no artificial background." },
  low_frame_rate: { what: "Too few pictures a second arrived.", next: "Use more light and a better connection, and close other programs." },
  low_resolution: { what: "The video was too coarse.", next: "Use a better connection or another camera." },
  too_short: { what: "The video was too short.", next: "Stay until the last task is done." },
  face_lost: { what: "The face left the picture.", next: "Keep your face in the oval until the end." },
  face_differs: {
    what: "The camera's picture and your portrait could not be matched.",
    next: "Use a recent portrait, and light from the front. Glasses and make-up can be the cause.",
  },
  page_differs: {
    what: "The photo on the data page and your portrait could not be matched.",
    next: "Upload a sharper picture of the page. An old photo can be the cause; then a person looks at it.",
  },
  page_unreadable: { what: "The data page could not be read with certainty.", next: "Upload a sharper picture of it, without glare." },
  fields_differ: {
    what: "The data page and the order do not say the same.",
    next: "Check that it is the right document. If it is, go on to a video interview.",
  },
};

/** Named checks of a picture: what is said when it holds, and when it does not. */
export const checks = {
  one_face: { yes: "One face", no: "There must be exactly one face." },
  frontal: { yes: "Looks straight ahead", no: "Look straight into the camera." },
  size: { yes: "Face large enough", no: "The face must be larger: take the picture from nearer." },
  position: { yes: "Face in the middle", no: "The face must be in the middle, with some space above." },
  plain_background: { yes: "Plain background", no: "Stand before a plain wall." },
  light_background: { yes: "Light background", no: "The background must be light." },
  eyes_visible: { yes: "Both eyes visible", no: "Both eyes must be open and visible." },
  sharp: { yes: "Sharp", no: "The picture is blurred." },
  exposure: { yes: "Good light", no: "The light is too dark, too bright or uneven." },
  mouth_closed: { yes: "Mouth closed", no: "Close your mouth." },
  not_covered: { yes: "Face not covered", no: "Nothing may cover the face." },
  page: { yes: "The page is visible as a whole", no: "The whole page with its four corners must be visible." },
  mrz_found: { yes: "The two lines at the bottom were found", no: "The two lines at the bottom were not found." },
  mrz_valid: { yes: "The two lines could be read", no: "The two lines could not be read with certainty." },
  portrait: { yes: "The photo on the page is visible", no: "The photo on the page is not visible." },
};
