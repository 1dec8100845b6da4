/** The strokes of a signature, "x,y x,y;x,y …", as the points of SVG polylines; what does not fit is left out. */
export function strokesOf(signature: string): string[] {
  return signature
    .split(";")
    .map((stroke) => stroke.trim())
    .filter((stroke) => /^\d{1,4},\d{1,3}( \d{1,4},\d{1,3})*$/.test(stroke))
    .map((stroke) => (stroke.includes(" ") ? stroke : `${stroke} ${stroke}`)); // a dot is a line without length
}
