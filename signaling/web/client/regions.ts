/** Countries and their parts, by ISO 3166 code, in words. */
import type { Language } from "./language";
import type { OrderMission } from "./api_account";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/* Named by the browser, and no countries: unions, private use, what is gone. */
const NO_COUNTRY = new Set(["EU", "EZ", "UN", "XA", "XB", "XK", "QO", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "SU", "YU", "DD", "CS", "AN", "BU", "TP", "ZR", "FX", "HV", "NH", "NQ", "NT", "PC", "PU", "PZ", "RH", "UK", "VD", "WK", "YD", "CT", "DY", "FQ", "JT", "MI"]);

const names = (language: Language): Intl.DisplayNames => new Intl.DisplayNames([language], { type: "region", fallback: "none" });

/** "Sweden", "United States · NY" */
export function regionName(code: string, language: Language): string {
  const [country = "", part] = code.split("-");
  const name = /^[A-Z]{2}$/.test(country) ? (names(language).of(country) ?? country) : country;
  return part === undefined ? name : `${name} · ${part}`;
}

export function regionNames(codes: readonly string[], language: Language): string {
  const separator = language === "en" ? ", " : "、";
  const countries = new Set(codes.map((code) => code.slice(0, 2)));
  // Of one country: its name once, then the parts.
  const [country] = countries;
  if (countries.size === 1 && country !== undefined && codes.every((code) => code.length > 2)) {
    return `${regionName(country, language)} · ${codes.map((code) => code.slice(3)).join(separator)}`;
  }
  return codes.map((code) => regionName(code, language)).join(separator);
}

/** The mission's own, which most applicants live in; then every country. */
export function regionChoices(mission: OrderMission | null, language: Language): { own: [string, string][]; all: [string, string][] } {
  const named = (code: string): [string, string] => [code, regionName(code, language)];
  const own = [...(mission?.districts ?? []), ...(mission?.countries ?? [])];
  const known = names(language);
  const codes = LETTERS.flatMap((one) => LETTERS.map((other) => one + other)).filter((code) => !NO_COUNTRY.has(code) && !own.includes(code) && known.of(code) !== undefined);
  const order = new Intl.Collator(language);
  return { own: [...new Set(own)].map(named), all: codes.map(named).sort(([, one], [, other]) => order.compare(one, other)) };
}
