/** Files from the server, which need the session's token. */
import { CredentialStore, type PageName } from "./credentials";
import { Problem, problemOfReply, type ProblemCode } from "./problem";

/** Throws a Problem: what the server said of it, `otherwise` when that is not known. */
export async function fetchFile(page: PageName, path: string, otherwise: ProblemCode): Promise<Response> {
  const token = new CredentialStore(page).load().token ?? "";
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(path, { headers, cache: "no-store" }).catch(() => null);
  if (!response) throw new Problem(otherwise, "no connection");
  if (!response.ok) throw await refusal(response, otherwise);
  return response;
}

/** An interview's appointment for a calendar, as a file of its order's number. */
export async function saveAppointment(page: PageName, interviewId: string, number: string): Promise<void> {
  const response = await fetchFile(page, `/v1/interviews/${encodeURIComponent(interviewId)}/appointment.ics`, "offline");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${number}.ics`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function refusal(response: Response, otherwise: ProblemCode): Promise<Problem> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return problemOfReply({ code: 0, message: error.message, data: { code: error.code } });
  } catch {
    return new Problem(otherwise, `status ${response.status}`);
  }
}
