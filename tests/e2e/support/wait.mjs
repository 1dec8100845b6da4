// Waits until `probe` gives something truthy and returns that; the error says what never came.
export async function until(what, probe, { timeoutMs = 60_000, everyMs = 100 } = {}) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
        const value = await probe();
        if (value) return value;
        if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
}
