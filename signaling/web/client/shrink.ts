/** What a chosen file is, and making a JPEG of at most 5 MB of it (D-11) when its owner agrees. */

export const PICTURE_BYTES_MAX = 5 * 1024 * 1024;
/* Of the longer side, tried one after the other: a page keeps its small print as long as it can. */
const SIDES_PX = [4000, 3000, 2400, 1800];
const QUALITY = 0.9;

export type Suitability = "fits" | "too_large" | "other_type" | "no_picture";

/** JPEG by content, as the server will see it, not by name. */
export async function suitability(file: Blob): Promise<Suitability> {
  if (file.size === 0) return "no_picture";
  const head = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  if (head[0] !== 0xff || head[1] !== 0xd8 || head[2] !== 0xff) return (await readable(file)) ? "other_type" : "no_picture";
  return file.size > PICTURE_BYTES_MAX ? "too_large" : "fits";
}

async function readable(file: Blob): Promise<boolean> {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** The size that fits within a square of `side`, never larger than it is. */
export function fitWithin(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture as a JPEG that fits, upright; null when this browser cannot make one. */
export async function shrink(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return null;
  try {
    for (const side of SIDES_PX) {
      const jpeg = await draw(picture, side);
      if (jpeg && jpeg.size <= PICTURE_BYTES_MAX) return jpeg;
    }
    return null;
  } finally {
    picture.close();
  }
}

function draw(picture: ImageBitmap, side: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, fitWithin(picture.width, picture.height, side));
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.fillStyle = "#fff"; // what was transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
