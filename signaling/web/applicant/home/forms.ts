/** What the holder's forms can see to be wrong before it is sent. The server decides; this spares a round trip. Pure. */
import type { IdKind } from "../../client/api_account";

/** Whether it may be an e-mail address or a mobile number of any country (D-1). */
export function isContact(typed: string): boolean {
  const text = typed.trim();
  if (text.includes("@")) return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text);
  const digits = text.replace(/[\s().-]/g, "");
  return /^\+[1-9]\d{6,14}$/.test(digits) || /^1\d{10}$/.test(digits);
}

/** Of what was typed or pasted. */
export const codeDigits = (typed: string): string => typed.normalize("NFKC").replace(/\D/g, "").slice(0, 6);

export const idNumberOf = (typed: string): string => typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();

export function isIdNumber(kind: IdKind, typed: string): boolean {
  const number = idNumberOf(typed);
  return kind === "passport" ? /^[EGDP][A-Z0-9]\d{7}$/.test(number) : isIdCard(number);
}

/** GB 11643: region, date of birth, sequence, and a check character after ISO 7064 MOD 11-2. */
function isIdCard(number: string): boolean {
  const [, year, month, day] = /^[1-9]\d{5}(\d{4})(\d\d)(\d\d)\d{3}[\dX]$/.exec(number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const iso = `${year}-${month}-${day}`;
  const born = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(born.getTime()) || born.toISOString().slice(0, 10) !== iso || born.getTime() > Date.now()) return false;
  let rest = 0;
  for (const digit of number.slice(0, 17)) rest = ((rest + Number(digit)) * 2) % 11;
  return "0123456789X"[(12 - rest) % 11] === number[17];
}
